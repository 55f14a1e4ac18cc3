package simulator

import (
	"regexp"
	"time"

	"github.com/tocsin/tocsin"
)

// good is news that a problem is over.
var good = regexp.MustCompile(`(?i)\b(fixed|resolved|solved|works? again|working again|back to normal)\b`)

const (
	// thinking is how long people take to try and to answer.
	thinking = 4 * time.Second
	// everyFifth of those who hear that it is fixed says thank you, and one says no.
	everyFifth = 5
	theOne     = 3
)

// think lets people answer the news that their problem is over. What they say
// follows from the journal alone, so that a cursor into it is enough.
func (s *sim) think(b *tocsin.Batch, c *cursor) error {
	entries, err := s.journal.all()
	if err != nil {
		return err
	}
	told := map[string]bool{}
	for i, e := range entries {
		if i >= c.heard && s.now().Before(e.At.Add(thinking)) {
			return nil // still thinking, and so are all after them
		}
		news := e.Kind == KindReply && e.Topic == s.play.Problem && good.MatchString(e.Text) && !told[e.Key]
		if news {
			told[e.Key] = true
		}
		if i < c.heard {
			continue
		}
		c.heard++
		if news {
			s.answer(b, e, len(told)-1)
		}
	}
	return nil
}

// answer adds what the nth to be told says, if anything.
func (s *sim) answer(b *tocsin.Batch, e Entry, nth int) {
	var words []said
	switch {
	case nth == theOne:
		words = s.play.Worse.all()
	case nth%everyFifth == 0:
		words = s.play.Better.all()
	default:
		return
	}
	says := words[nth/everyFifth%len(words)]
	b.Reports = append(b.Reports, tocsin.Report{
		Channel: s.name, ExternalID: "sim-answer-" + e.Key, Thread: e.Report, ReplyTo: e.ID, At: e.At.Add(thinking),
		Reporter: s.play.reporter(e.Reporter), Raw: says.text, Lang: says.lang,
	})
}

// reporter finds a person by id.
func (p *play) reporter(id string) tocsin.Reporter {
	for _, who := range p.people {
		if who.id() == id {
			return who.reporter()
		}
	}
	return tocsin.Reporter{ID: id}
}
