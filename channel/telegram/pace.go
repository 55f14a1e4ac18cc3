package telegram

import (
	"strings"
	"sync"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

// How often a bot may write: in all, in one chat, and in one group.
// https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
const (
	perSecond      = 30
	perChatSecond  = 1
	perGroupMinute = 20

	// keptPaces is how many chats' paces are remembered before those at rest are forgotten.
	keptPaces = 1000
)

// paces keeps our sending within Telegram's limits.
type paces struct {
	all *channel.Pace

	mu    *sync.Mutex
	chats map[string]*channel.Pace
}

func newPaces() paces {
	return paces{all: &channel.Pace{Most: perSecond, In: time.Second}, mu: &sync.Mutex{}, chats: map[string]*channel.Pace{}}
}

// take counts a message to a chat and gives 0, or says how long to wait.
func (p *paces) take(chat string, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.chats) >= keptPaces {
		for id, pace := range p.chats {
			if pace.Left(now) == pace.Most {
				delete(p.chats, id)
			}
		}
	}
	if p.chats[chat] == nil {
		p.chats[chat] = &channel.Pace{Most: perChatSecond, In: time.Second}
		if strings.HasPrefix(chat, "-") || strings.HasPrefix(chat, "@") { // a group has a negative id
			p.chats[chat] = &channel.Pace{Most: perGroupMinute, In: time.Minute}
		}
	}
	if wait := p.chats[chat].Take(now); wait > 0 {
		return wait
	}
	return p.all.Take(now)
}

// Allowances tells how many messages may be sent in this second.
func (b *bot) Allowances() []tocsin.Allowance {
	return []tocsin.Allowance{{Name: "messages", Unit: "messages", Limit: perSecond, Left: float64(b.paces.all.Left(b.now()))}}
}
