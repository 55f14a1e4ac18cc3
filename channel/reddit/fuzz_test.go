package reddit

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// FuzzThing reads a thing as Reddit may write it, and asks that the report made of it
// is fit to be stored.
func FuzzThing(f *testing.F) {
	for _, w := range []written{{kind: kindPost, name: "t3_1", author: "ana", title: "Down", body: "x"}, {kind: kindComment, name: "t1_1", author: "ben", edited: true, removed: true}} {
		text, _ := json.Marshal(w.shown()) // a map always marshals
		f.Add(w.kind, text)
	}
	f.Add(kindComment, []byte(`{"name":"t1_2","created_utc":1e300,"edited":{"a":[]},"context":"//evil.example/"}`))
	a := &account{name: "reddit", settings: settings{Username: us}, now: time.Now}
	f.Fuzz(func(t *testing.T, kind string, text []byte) {
		thing := thing{kind: kind}
		if json.Unmarshal(text, &thing) != nil {
			return
		}
		r := a.report(&thing)
		require.Equal(t, thing.Name, r.ExternalID)
		require.Contains(t, r.Reporter.ID, "reddit:")
		if r.URL != "" {
			require.Contains(t, r.URL, site+"/r/")
		}
		thing.edition()
	})
}
