package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/config"
	"github.com/tocsin/tocsin/ingest"
	"github.com/tocsin/tocsin/notify"
	"github.com/tocsin/tocsin/store"
	"github.com/tocsin/tocsin/triage"
	"github.com/tocsin/tocsin/web"
	"github.com/tocsin/tocsin/web/api"
)

// house is the whole program, wired: data flows from ingest through triage to
// notify and back out by the channels; store remembers; web shows and decides.
type house struct {
	cfg      *config.Config
	log      *slog.Logger
	channels []tocsin.Channel
	store    *store.Store
	ingest   *ingest.Ingest
	triage   *triage.Runner
	sender   *notify.Broadcaster
	shadow   bool
	handler  http.Handler
	listener net.Listener // nil until listen
}

// Workers of one channel's queues. A page never waits behind another medium's;
// deliveries are few at a time, for each network has its own manners.
const (
	deliverWorkers = 4
	noticeWorkers  = 4
)

// otherNode is how long a delivery that is found in sending is left alone where
// another node may be at it: longer than the store lets a job run.
const otherNode = time.Minute

// build wires the program, from the database outwards.
func build(ctx context.Context, o orders) (*house, error) {
	cfg, channels, log := o.cfg, o.channels, o.log
	node := nodeName()
	db, err := store.Open(ctx, store.Options{URL: cfg.Database.URL.Reveal(), Log: log, Queues: queuesFor(channels)})
	if err != nil {
		return nil, err
	}
	if o.shadow && db.Shared() {
		if err := refuseCompany(ctx, db, node); err != nil {
			return nil, errors.Join(err, db.Close())
		}
	}
	if err := seed(ctx, db, cfg, log); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	metrics := prometheus.NewRegistry()
	metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), newBacklog(db, log), newMeters(channels))

	h := &house{cfg: cfg, log: log, channels: channels, store: db, shadow: o.shadow}
	h.ingest = ingest.New(ingest.Options{
		Store: db, Past: db, Channels: channels, Node: node, Log: log, Now: time.Now, Metrics: metrics, Every: cfg.Ingest.Every, Staff: cfg.Staff,
		Silent: func(ctx context.Context, channel string, s tocsin.Silence) {
			if err := db.NoteSilence(ctx, channel, s); err != nil {
				log.ErrorContext(ctx, "a silence is not on the timelines", "channel", channel, "err", err)
			}
		},
	})
	h.triage = triage.NewRunner(triage.RunnerOptions{
		Store: db, Config: triageConfig(cfg), Areas: db.Areas, Node: node, Log: log, Now: time.Now,
	})

	n := notify.Options{Store: db, Channels: channels, Now: time.Now, Log: log, BaseURL: cfg.Server.BaseURL, Hold: cfg.Broadcast.Hold, Shadow: o.shadow}
	if db.Shared() {
		n.Grace = otherNode
	}
	if n.LinkKey, err = db.SigningKey(ctx, "links"); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	pager, desk, rotas := notify.NewPager(n), notify.NewDesk(n), notify.NewRotas(n)
	metrics.MustRegister(newGaps(rotas, log, time.Now))
	h.sender = notify.NewBroadcaster(n)
	handle(db, pager, h.sender)

	h.handler = web.New(web.Options{
		API:      api.Options{Store: db, Desk: desk, Pager: pager, Rotas: rotas, Intake: h.ingest, Channels: channels, Health: h.ingest.Health},
		Acts:     pager,
		Feeds:    rotas,
		Parts:    h.parts,
		Metrics:  promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}),
		Registry: metrics,
		Log:      log,
	})
	return h, nil
}

// handle says who does each kind of job.
func handle(db *store.Store, pager *notify.Pager, sender *notify.Broadcaster) {
	store.Handle(db, pager.Alert)
	store.Handle(db, pager.Notice)
	store.Handle(db, pager.Escalate)
	store.Handle(db, pager.Refresh)
	store.Handle(db, pager.Renew)
	store.Handle(db, sender.Broadcast)
	store.Handle(db, sender.Deliver)
}

// triageConfig is what the configuration says to triage.
func triageConfig(c *config.Config) triage.Config {
	return triage.Config{
		FalseRings: c.Triage.FalseRings, FalseWhispers: c.Triage.FalseWhispers,
		Window: c.Triage.Window, Stale: c.Triage.Stale, Quiet: c.Triage.Quiet, Staff: c.Staff, Lexicon: c.Triage.Lexicon,
	}
}

// checkTriage tells whether triage can begin with its settings, its lexicon above all.
func checkTriage(c *config.Config) error {
	if _, err := triage.Load(triageConfig(c), nil); err != nil {
		return c.Mistake("triage.lexicon", "%s", err)
	}
	return nil
}

// run runs every part until ctx ends or one of them fails, then lets all finish.
func (h *house) run(ctx context.Context) error {
	if err := h.listen(ctx); err != nil {
		return err
	}
	h.log.InfoContext(ctx, "ready", "listen", h.listener.Addr().String(), "url", h.cfg.Server.BaseURL, "channels", len(h.channels))
	err := together(ctx,
		func(ctx context.Context) error { return web.Serve(ctx, h.listener, h.handler) },
		h.store.Run,
		h.ingest.Run,
		h.triage.Run,
		h.sender.Run,
		func(ctx context.Context) error {
			<-ctx.Done()
			h.log.InfoContext(ctx, "stopping: what is under way is finished first")
			return nil
		},
	)
	h.log.InfoContext(ctx, "stopped")
	return err
}

func (h *house) close() {
	if h.listener != nil {
		_ = h.listener.Close() // the server has closed it, if it ran
	}
	if err := h.store.Close(); err != nil {
		h.log.Error("the database did not close well", "err", err)
	}
}

// together runs parts side by side. When one fails, the others are told to stop.
func together(ctx context.Context, parts ...func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	errs := make([]error, len(parts))
	var wg sync.WaitGroup
	for n, part := range parts {
		wg.Go(func() {
			errs[n] = part(ctx)
			if errs[n] != nil {
				cancel()
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// queuesFor names the queues that the channels need: one for what each delivers,
// one for the pages that it carries.
func queuesFor(channels []tocsin.Channel) []store.Queue {
	var queues []store.Queue
	for _, c := range channels {
		if c.Replier != nil || c.Poster != nil {
			queues = append(queues, store.Queue{Name: store.QueueOf(tocsin.DeliverJob{}, c.Name), Workers: deliverWorkers})
		}
		if c.Pager != nil {
			queues = append(queues, store.Queue{Name: store.QueueOf(tocsin.NoticeJob{}, c.Name), Workers: noticeWorkers})
		}
	}
	return queues
}

// nodeName names this process among those that share a database.
func nodeName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "node"
	}
	return fmt.Sprintf("%s-%d-%s", host, os.Getpid(), rand.Text()[:6])
}
