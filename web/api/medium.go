package api

import (
	"context"
	"slices"
	"strings"

	"github.com/tocsin/tocsin"
)

// listMedia gives how the bells on each channel do: what waits, and until when.
func (a *API) listMedia(ctx context.Context, _ tocsin.Token, _ *struct{}) (List[tocsin.Medium], error) {
	media, err := a.Store.Media(ctx)
	if err != nil {
		return List[tocsin.Medium]{}, err
	}
	for _, c := range a.Channels {
		if c.Pager == nil {
			continue
		}
		n := slices.IndexFunc(media, func(m tocsin.Medium) bool { return m.Channel == c.Name })
		if n < 0 {
			n, media = len(media), append(media, tocsin.Medium{Channel: c.Name})
		}
		if c.Meter != nil {
			media[n].Allowances = c.Meter.Allowances()
		}
	}
	slices.SortFunc(media, func(a, b tocsin.Medium) int { return strings.Compare(a.Channel, b.Channel) })
	return listed(media, "", nil)
}
