package triage

import (
	"cmp"
	"math"
	"os"
	"slices"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/triage/text"
)

// Engine finds incidents in a stream of reports. It is not safe for concurrent
// use: one goroutine owns it.
type Engine struct {
	cfg               Config
	lex               *text.Lexicon
	areas             []area
	rarity            *rarity
	recent            *index // the reports of the last hours, evidence or not
	words             *index // the same by their words
	sample            *index // a quarter of past, for the many looks that growing a group takes
	turns             int
	past              *index // a sample of older evidence: what is usual
	aged              uint32 // sequence number in recent of the first post that is not past yet
	usual             thinner
	rates             rates
	ages              ages
	minutes           minutes
	explained         minutes // the reports that surely belong to an incident
	routine           routine
	speller           *text.Speller
	whisperAt, ringAt float64 // evidence that each bell asks for
	now               int64   // unix seconds: the latest time that was seen

	open   []*incident // in the order in which they began
	byKey  map[string]*incident
	names  map[string]*cluster // only while memory is rebuilt
	moved  map[*post]bool      // judgements that changed since the last Drain
	closed func(*incident)     // told of each incident that closes; may be nil

	// Scratch space, so that a report costs no memory but its own.
	gains        []float32 // by slot: the topic that is loaded
	self         vector    // the newest post as a query
	topic        vector    // a topic as a query
	alone        fits      // how well the past fits the newest post
	sampled      fits      // how well a sample of it fits the group that grows
	exp          *expTable
	near         []neighbour
	measured     []measured
	viewed       []view
	likes        map[*cluster]float32
	odds, shares []float64
	people       map[uint64]bool
}

// Sizes of the memory, in posts.
const (
	recentPosts  = 1 << 14
	pastPosts    = 1 << 13
	searchBudget = 8000
	sampleEvery  = 4
)

// New makes an engine without memory. The areas name the part of the service that
// an incident is about. It reads no file: a lexicon of the operator's own is for Load.
func New(cfg Config, areas []tocsin.Area) *Engine {
	return newEngine(cfg, areas, text.NewLexicon())
}

// Load is New with the operator's own lexicon, where cfg names one. It returns
// CodeInvalid for settings or a file that cannot be used.
func Load(cfg Config, areas []tocsin.Area) (*Engine, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	lex := text.NewLexicon()
	if cfg.Lexicon != "" {
		f, err := os.Open(cfg.Lexicon)
		if err != nil {
			return nil, tocsin.Wrap(tocsin.CodeInvalid, err, "triage.lexicon: the file %s cannot be read.", cfg.Lexicon)
		}
		defer f.Close() //nolint:errcheck // it was only read
		if err := lex.Extend(f); err != nil {
			return nil, tocsin.Wrap(tocsin.CodeInvalid, err, "triage.lexicon: the file %s cannot be used.", cfg.Lexicon)
		}
	}
	return newEngine(cfg, areas, lex), nil
}

func newEngine(cfg Config, areas []tocsin.Area, lex *text.Lexicon) *Engine {
	return &Engine{
		cfg: cfg.withDefaults(), lex: lex, areas: areasOf(areas, lex), rarity: newRarity(),
		recent: newIndex(recentPosts, (*post).byTerm), past: newIndex(pastPosts, (*post).byWord), sample: newIndex(pastPosts/sampleEvery, (*post).byWord), words: newIndex(recentPosts, (*post).byWord),
		byKey: map[string]*incident{}, names: map[string]*cluster{}, moved: map[*post]bool{}, routine: routine{seen: map[uint64]sentence{}}, speller: text.NewSpeller(), people: map[uint64]bool{}, exp: newExpTable(), likes: map[*cluster]float32{}, gains: make([]float32, slots),
		whisperAt: 3.5 - math.Log(cfg.withDefaults().FalseWhispers/2), ringAt: 12 - math.Log(cfg.withDefaults().FalseRings),
	}
}

// Decision is what the engine makes of one report.
type Decision struct {
	Judgement tocsin.Judgement // as of now; a later Drain tells when it changed
	Alerts    []Alert          // the bells that the report made an incident earn
	post      *post
}

// Alert is a bell that an incident has just earned: each tier once.
type Alert struct {
	At       time.Time // when it was known
	Tier     tocsin.Tier
	Kind     tocsin.Kind
	Incident string   // its key
	Reports  []string // external ids of the reports that were counted
}

// Add takes in the next report. One that it knows comes again when its writer
// changed it; its words are judged anew, and its writer still counts once.
func (e *Engine) Add(r tocsin.Report) Decision {
	old := e.edited(&r)
	if old != nil && (old.inc != nil || old.human) {
		return Decision{Judgement: old.judgement(), post: old} // what is decided stands
	}
	p := e.read(&r)
	e.forget()
	if old == nil {
		e.settle(p, "")
	} else {
		e.supersede(old, p)
	}
	alerts := e.consider(p, knownAt(&r))
	e.remember(p)
	e.moved[p] = true
	return Decision{Judgement: p.judgement(), Alerts: alerts, post: p}
}

// Recall takes in a report that was judged in an earlier life. What was decided
// then stands; it raises no alert.
func (e *Engine) Recall(j tocsin.Judged) {
	p := e.read(&j.Report)
	p.reason, p.human = j.Judgement.Reason, j.Human
	e.forget()
	e.settle(p, j.Judgement.Cluster)
	if j.Judgement.Incident != "" {
		e.rejoin(p, j.Judgement.Incident, j.Judgement.Sure)
	}
	e.remember(p)
}

// Recalled says that everything from an earlier life was recalled.
func (e *Engine) Recalled() { clear(e.names) }

// Drain gives what changed since the last call: the judgements of the reports
// that were added and of earlier ones that moved, and the incidents that grew or
// became louder.
func (e *Engine) Drain() ([]tocsin.Judgement, []tocsin.Sighting) {
	var judgements []tocsin.Judgement
	for p := range e.moved {
		if !p.outdated {
			judgements = append(judgements, p.judgement())
		}
	}
	clear(e.moved)
	slices.SortFunc(judgements, func(a, b tocsin.Judgement) int { return cmp.Compare(a.Report, b.Report) })
	var sightings []tocsin.Sighting
	for _, i := range e.open {
		if i.changed {
			i.changed = false
			sightings = append(sightings, e.sighting(i))
		}
	}
	return judgements, sightings
}

func (p *post) judgement() tocsin.Judgement {
	j := tocsin.Judgement{Report: p.id, Cluster: p.cluster.root().key, Reason: p.reason}
	if p.inc != nil {
		j.Incident, j.Sure = p.inc.key, p.sure
	}
	return j
}

// knownAt is when a report could first be acted upon.
func knownAt(r *tocsin.Report) time.Time {
	if r.ReceivedAt.After(r.At) {
		return r.ReceivedAt
	}
	return r.At
}

// writtenAt is when a report was written. Nobody writes after we have read it: a
// clock that says so is wrong.
func writtenAt(r *tocsin.Report) time.Time {
	if !r.ReceivedAt.IsZero() && r.At.After(r.ReceivedAt) {
		return r.ReceivedAt
	}
	return r.At
}

// read makes a post of a report.
func (e *Engine) read(r *tocsin.Report) *post {
	t := e.lex.Mended(r.Title+"\n"+r.Text, r.Lang, e.speller)
	reason, praise := e.judge(r, t)
	e.routine.mute(&t, writtenAt(r).Unix())
	p := &post{
		id: r.ID, key: keyOf(r), at: writtenAt(r).Unix(), person: hash(r.Reporter.ID), channel: r.Channel,
		text: r.Text, title: r.Title, lang: r.Lang, terms: vectorOf(t), young: e.ages.young(r), unknown: r.Reporter.Since.IsZero(), pleads: t.Pleads(),
		stale: r.ReceivedAt.Sub(r.At) > e.cfg.Stale, reason: reason, praise: float32(praise),
	}
	if len(t.Tags) > 0 {
		p.tag = hash(t.Tags[0])
	}
	if r.Reporter.ID == "" {
		p.person = hash(p.key)
	}
	p.words = wordsOf(t)
	e.rarity.weigh(p.terms)
	p.usual = e.usualness(p)
	e.now = max(e.now, p.at)
	return p
}

// remember keeps a post for those to come.
func (e *Engine) remember(p *post) {
	e.rarity.count(p.terms, p.words)
	if !p.again {
		e.rates.pass(p.at, p.evidence())
		if p.evidence() {
			e.minutes.add(p.at)
		}
	}
	if e.recent.len() == recentPosts {
		e.age(e.recent.first + 1)
	}
	e.recent.add(p)
	e.words.add(p)
}

// forget lets go of what is too old to matter: posts turn from recent to past,
// incidents without new reports close.
func (e *Engine) forget() {
	until := max(e.aged, e.recent.first)
	for until < e.recent.next && e.recent.at(until).at < e.now-e.fresh() {
		until++
	}
	e.age(until)
	for e.recent.len() > lookBack && e.recent.first < e.aged && e.recent.oldest().at < e.now-longest {
		if p := e.recent.oldest(); p.inc == nil {
			p.text, p.title = "", "" // nobody will ask for them any more
		}
		e.recent.drop()
		e.words.drop()
	}
	e.gone(e.now - int64(e.cfg.Quiet/time.Second))
}

// budget is how many places of an index one query may look at.
func (e *Engine) budget() int { return searchBudget }

// Figures of fresh.
const (
	fewPast   = 256     // past reports from which the past can wait
	freshCold = 40 * 60 // seconds
)

// fresh is the age, in seconds, at which a report turns from news to past. At the
// very beginning it must be short: there is nothing else to compare with.
func (e *Engine) fresh() int64 {
	if e.past.len() < fewPast {
		return freshCold
	}
	return longest
}

// age moves the posts before a sequence number from recent to past.
func (e *Engine) age(until uint32) {
	for e.aged = max(e.aged, e.recent.first); e.aged < until; e.aged++ {
		p := e.recent.at(e.aged)
		if p.evidence() && e.usual.take(p) {
			e.past.add(p)
			if e.turns++; e.turns%sampleEvery == 0 {
				e.sample.add(p)
			}
		}
	}
}

// thinner picks which posts go into the sample of the past, so that it spans
// weeks however many there are.
type thinner struct {
	first, seen int64
}

const usualSpan = 21 * 24 * 3600 // seconds that the sample should reach back

func (t *thinner) take(p *post) bool {
	if t.seen == 0 {
		t.first = p.at
	}
	t.seen++
	span := max(p.at-t.first, 24*3600)
	if t.seen < pastPosts {
		return true
	}
	stride := max(1, uint64(t.seen*usualSpan/span/pastPosts))
	return hash(p.key)%stride == 0
}
