package email

import (
	"context"
	"strings"

	"github.com/tocsin/tocsin"
)

// Page carries a bell by mail. Pages about one incident form one thread. The id is
// made of the alarm's key, so that many servers drop a page that comes twice.
func (a *account) Page(ctx context.Context, alarm tocsin.Alarm) (tocsin.Sent, error) {
	to := strings.ToLower(strings.TrimSpace(alarm.To))
	if !sendable(to) {
		return tocsin.Sent{}, tocsin.Errorf(tocsin.CodeInvalid, "%q is no address that a page can go to. Name one in the policy's target.", clip(alarm.To, maxAddress))
	}
	text := alarm.Body
	if text == "" {
		text = alarm.Summary
	}
	if alarm.URL != "" && !strings.Contains(text, alarm.URL) {
		text += "\n\n" + alarm.URL
	}
	text += actions(alarm.Links)
	d := draft{
		id: a.idOf(pageMark, alarm.Key, alarm.Incident.Key, to), to: to, subject: alarm.Summary, text: text,
		auto: "auto-generated", urgent: alarm.Tier == tocsin.TierRing,
		references: []string{a.idOf(pageMark, alarm.Dedup, alarm.Incident.Key)},
	}
	m, err := a.compose(d)
	if err != nil {
		return tocsin.Sent{}, err
	}
	if err := a.send(ctx, a.Bounce, []string{to}, m); err != nil {
		return tocsin.Sent{}, err
	}
	return tocsin.Sent{ExternalID: d.id}, nil
}

// actions lists what the reader can do by opening a link. Each link asks before it
// acts, for mail servers open links to look what is behind them.
func actions(links []tocsin.Link) string {
	if len(links) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n\nEach of these asks before it does anything:\n")
	for _, l := range links {
		b.WriteString("\n" + l.Label + "\n  " + l.URL + "\n")
	}
	return b.String()
}
