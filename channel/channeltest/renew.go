package channeltest

import (
	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func renewPromises() []promise {
	return []promise{
		{"RenewWakesNobody", needRenewer(renewWakesNobody)},
		{"RenewKnowsWhatItSent", needRenewer(renewKnows)},
		{"RenewFailsByName", needRenewer(renewFails)},
	}
}

// needRenewer skips where the channel cannot bring a bell up to date, and else gives
// it with a bell that it has carried.
func needRenewer(kept func(k *kit, ch tocsin.Channel, sent tocsin.Sent, a tocsin.Alarm)) func(*kit) {
	return func(k *kit) {
		ch := k.open()
		if ch.Renewer == nil || ch.Pager == nil || k.Alarm == nil {
			k.Skip("a bell that was carried cannot be brought up to date")
		}
		a := k.Alarm()
		sent, err := ch.Pager.Page(k.Context(), a)
		require.NoError(k, err)
		kept(k, ch, sent, a)
	}
}

func renewWakesNobody(k *kit, ch tocsin.Channel, sent tocsin.Sent, a tocsin.Alarm) {
	for range 2 { // it may be called again
		a.Summary = "Confirmed: 40 people report it"
		require.NoError(k, ch.Renewer.Renew(k.Context(), sent.ExternalID, a))
		require.Equal(k, 1, k.Arrived(a.Key), "a renewed bell is no second one")
	}
}

func renewKnows(k *kit, ch tocsin.Channel, _ tocsin.Sent, a tocsin.Alarm) {
	require.Error(k, ch.Renewer.Renew(k.Context(), "never-sent", a))
}

func renewFails(k *kit, ch tocsin.Channel, sent tocsin.Sent, a tocsin.Alarm) {
	for _, f := range []Fault{Down, Limited} {
		if k.Break == nil || !k.Break(f) {
			continue
		}
		k.fails(ch.Renewer.Renew(k.Context(), sent.ExternalID, a), f)
		k.heal()
	}
}
