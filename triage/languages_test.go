package triage_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/triage"
)

// TestProblemsAreToldApartInNineLanguages puts five problems, in eight wordings
// each, through the engine as they would come, one of each in turn.
func TestProblemsAreToldApartInNineLanguages(t *testing.T) {
	t.Parallel()
	byLang := map[string]map[string][]string{}
	for _, line := range corpus(t, "languages.tsv") {
		f := strings.Split(line, "\t")
		require.Len(t, f, 3, line)
		if byLang[f[0]] == nil {
			byLang[f[0]] = map[string][]string{}
		}
		byLang[f[0]][f[1]] = append(byLang[f[0]][f[1]], f[2])
	}
	require.Len(t, byLang, 9)
	for lang, problems := range byLang {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			f1 := clusterProblems(problems)
			t.Logf("B-cubed F1 %.3f", f1)
			require.GreaterOrEqual(t, f1, 0.85)
		})
	}
}

func clusterProblems(problems map[string][]string) float64 {
	e := triage.New(triage.DefaultConfig(), nil)
	var labels []string
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for i := range 8 {
		for _, problem := range []string{"signin", "payment", "upload", "slow", "mail"} {
			at = at.Add(7 * time.Minute)
			labels = append(labels, problem)
			e.Add(tocsin.Report{
				ID: int64(len(labels)), Channel: "mail", ExternalID: problem + string(rune('a'+i)), At: at, Text: problems[problem][i],
				Reporter: tocsin.Reporter{ID: "mailto:" + problem + string(rune('a'+i)) + "@example.org"},
			})
		}
	}
	judgements, _ := e.Drain()
	clusters := make([]string, len(labels))
	for _, j := range judgements {
		clusters[j.Report-1] = j.Cluster
	}
	return bcubed(labels, clusters)
}
