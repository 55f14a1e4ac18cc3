package triage_test

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// corpus reads the lines of a file of our own wording, without its comments.
func corpus(tb testing.TB, name string) []string {
	tb.Helper()
	f, err := os.Open(filepath.Join("..", "testdata", "triage", name))
	require.NoError(tb, err)
	defer f.Close()
	var lines []string
	s := bufio.NewScanner(f)
	for s.Scan() {
		if l := s.Text(); l != "" && !strings.HasPrefix(l, "#") {
			lines = append(lines, l)
		}
	}
	require.NoError(tb, s.Err())
	return lines
}

// bcubed is the B-cubed F1 of clusters against labels, item by item.
func bcubed(labels, clusters []string) float64 {
	both, byLabel, byCluster := map[[2]string]float64{}, map[string]float64{}, map[string]float64{}
	for i := range labels {
		both[[2]string{labels[i], clusters[i]}]++
		byLabel[labels[i]]++
		byCluster[clusters[i]]++
	}
	var p, r float64
	for k, n := range both {
		p += n * n / byCluster[k[1]]
		r += n * n / byLabel[k[0]]
	}
	n := float64(len(labels))
	p, r = p/n, r/n
	return 2 * p * r / (p + r)
}

func TestBCubedKnowsTheTextbookCase(t *testing.T) {
	t.Parallel()
	labels := []string{"a", "a", "a", "a", "a", "b", "b", "c", "c", "c", "c", "c"}
	clusters := []string{"1", "1", "1", "1", "1", "2", "2", "2", "2", "2", "2", "2"}
	require.InDelta(t, 2*(16.0/21)/(16.0/21+1), bcubed(labels, clusters), 1e-9)
}
