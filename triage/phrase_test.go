package triage

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/triage/text"
)

func TestAnIncidentIsNamedByWhatPeopleWrote(t *testing.T) {
	t.Parallel()
	e := New(Config{}, nil)
	var texts []text.Text
	for _, s := range []string{
		"The verification code is rejected with E-4012 when I sign in.",
		"error e4012: my verification code is not accepted",
		"Cannot sign in, the verification code gives E-4012",
		"Is there a discount for schools?",
	} {
		texts = append(texts, e.lex.Read(s, ""))
	}
	phrases := e.phrases(texts)
	require.Subset(t, phrases, []string{"E4012", "verification code", "sign in"})
	require.NotContains(t, phrases, "discount", "one text ties nothing")
	require.Equal(t, phrases, e.phrases(texts), "the same texts give the same name")
}

func TestAHeadingBeginsLikeASentence(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Sign in, E4012, code", heading(tocsin.KindIncident, []string{"sign in", "E4012", "code", "more"}))
	require.Equal(t, "Über", heading(tocsin.KindIncident, []string{"über"}))
	require.Equal(t, "Near copies: cheap pills", heading(tocsin.KindFlood, []string{"cheap pills"}))
	require.Equal(t, "Similar reports", heading(tocsin.KindIncident, nil))
}
