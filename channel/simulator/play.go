package simulator

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// moment is one report in the script: who says what, and when. The live part
// begins at 0; what is before it happened before the first start.
type moment struct {
	at    time.Duration
	topic string
	who   person
	says  said
}

// play is a whole script, in the order of time. The same settings give the same
// play, so that a position in it is a cursor.
type play struct {
	material
	seed    uint64
	people  []person
	moments []moment
}

// How the live part is arranged, as shares of its length.
const (
	firstTelling = 0.15
	lastTelling  = 0.95
	liveOrdinary = 10  // ordinary requests beside the problem
	afterwards   = 24  // hours for which ordinary requests go on
	againAfter   = 1.3 // when people begin to write twice
)

// The random numbers of each part are its own, so that a setting of one leaves
// the others as they are.
const (
	partBackground = iota + 1
	partLive
	partAnswers
)

// write writes the play.
func write(s settings) (*play, error) {
	m, err := read()
	if err != nil {
		return nil, err
	}
	p := &play{material: m, seed: s.Seed, people: m.cast(s.People + len(m.Praise.all()))}
	p.background(s)
	p.ordinaryWhileLive(s.Live)
	if s.Script == scriptOutage {
		p.outage(s)
	}
	slices.SortStableFunc(p.moments, func(a, b moment) int { return cmp.Compare(a.at, b.at) })
	return p, nil
}

func (p *play) dice(part uint64) *rand.Rand {
	return rand.New(rand.NewPCG(p.seed, part)) //nolint:gosec // G404: a script must be the same each time
}

// background is the quiet before, and goes on at the same rate for a while after.
func (p *play) background(s settings) {
	dice := p.dice(partBackground)
	span := s.Background + afterwards*time.Hour
	for range int(s.Rate * span.Hours() / 24) {
		at := time.Duration(dice.Float64()*float64(span)) - s.Background
		for dice.Float64() > awake(at) {
			at = time.Duration(dice.Float64()*float64(span)) - s.Background
		}
		p.ordinary(dice, at)
	}
}

// awake is how many people write at that time of day, of 1. The live part begins
// at the busiest hour.
func awake(at time.Duration) float64 {
	const mean, swing = 0.55, 0.45
	return mean + swing*math.Cos(2*math.Pi*at.Hours()/24)
}

func (p *play) ordinaryWhileLive(live time.Duration) {
	dice := p.dice(partLive)
	for range liveOrdinary {
		p.ordinary(dice, time.Duration(dice.Float64()*float64(live)))
	}
}

// ordinary is one request about anything, by anybody.
func (p *play) ordinary(dice *rand.Rand, at time.Duration) {
	about := p.Topics[dice.IntN(len(p.Topics))]
	who := p.people[dice.IntN(p.regulars())]
	p.moments = append(p.moments, moment{at, about.Name, who, p.polite(dice, who, pick(dice, about.Says.all()))})
}

// outage is the new problem, told by many people in their own words, slowly at
// first; and praise at the same time, which is no problem.
func (p *play) outage(s settings) {
	dice := p.dice(partLive)
	order := dice.Perm(len(p.people))
	words := p.Tellings.all()
	dice.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
	for i := range s.People {
		who := p.people[order[i]]
		share := firstTelling + (lastTelling-firstTelling)*math.Sqrt(float64(i)/float64(max(1, s.People)))
		p.moments = append(p.moments, moment{
			time.Duration(share * float64(s.Live)), p.Problem, who, p.hasty(dice, who, words[i%len(words)]),
		})
	}
	for i, again := range p.Again.all() {
		if i < s.People {
			at := time.Duration((againAfter + float64(i)/4) * float64(s.Live))
			p.moments = append(p.moments, moment{at, p.Problem, p.people[order[i]], again})
		}
	}
	for i, kind := range p.Praise.all() {
		who := p.people[order[len(order)-1-i]]
		at := time.Duration(dice.Float64() * float64(s.Live))
		p.moments = append(p.moments, moment{at, "praise", who, p.hasty(dice, who, kind)})
	}
}

// polite puts a greeting before and an ending after.
func (p *play) polite(dice *rand.Rand, who person, s said) said {
	parts := []string{pick(dice, p.Greetings[s.lang]), s.text, pick(dice, p.Endings[s.lang])}
	parts = slices.DeleteFunc(parts, func(part string) bool { return part == "" })
	return said{s.lang, p.fill(dice, who, strings.Join(parts, " "))}
}

// hasty is polite at times.
func (p *play) hasty(dice *rand.Rand, who person, s said) said {
	if dice.IntN(3) == 0 {
		return p.polite(dice, who, s)
	}
	return said{s.lang, p.fill(dice, who, s.text)}
}

func (p *play) fill(dice *rand.Rand, who person, text string) string {
	return strings.NewReplacer(
		"{project}", pick(dice, p.Projects), "{lang}", pick(dice, p.Languages), "{month}", pick(dice, p.Months),
		"{n}", strconv.Itoa(2+dice.IntN(60)), "{name}", who.name,
	).Replace(text)
}

func pick[T any](dice *rand.Rand, from []T) T {
	var none T
	if len(from) == 0 {
		return none
	}
	return from[dice.IntN(len(from))]
}
