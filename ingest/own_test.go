package ingest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func TestWhatStaffWriteIsNoReport(t *testing.T) {
	t.Parallel()
	k := setup(t, hook())
	k.staff = []string{"*@acme.example", "@acme"}
	ana, handle, user := report(1), report(2), report(3)
	ana.Reporter.ID = "mailto:ana@acme.example"
	handle.Reporter = tocsin.Reporter{ID: "x:1", Handle: "@Acme"}
	require.Equal(t, 1, k.accept(t, ana, handle, user))
	require.Equal(t, []string{tocsin.ReasonOwn, tocsin.ReasonOwn}, k.store.reasons())
	require.Equal(t, []string{"report 3"}, k.store.texts())
}
