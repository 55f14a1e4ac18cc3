package store

import (
	"context"
	"fmt"
	"time"

	"github.com/tocsin/tocsin"
)

// Media tells how the bells on each channel do that ever carried one, by name.
func (s *Store) Media(ctx context.Context) ([]tocsin.Medium, error) {
	lately := s.now().Add(-time.Hour)
	all, err := list(ctx, s.read, scanMedium, `SELECT c.channel,
		(SELECT COUNT(*) FROM notices n WHERE n.channel = c.channel AND n.state IN ('pending', 'sending', 'unknown')),
		(SELECT COALESCE(MIN(n.due_at), 0) FROM notices n WHERE n.channel = c.channel AND n.state IN ('pending', 'sending', 'unknown')),
		(SELECT COUNT(*) FROM notices n WHERE n.channel = c.channel AND n.state = 'sent' AND n.updated_at > $1),
		(SELECT COUNT(*) FROM notices n WHERE n.channel = c.channel AND n.state = 'failed' AND n.updated_at > $1),
		(SELECT COALESCE(MAX(n.updated_at), 0) FROM notices n WHERE n.channel = c.channel AND n.state = 'sent'),
		COALESCE((SELECT n.reason FROM notices n WHERE n.channel = c.channel AND n.reason <> '' AND n.state IN ('failed', 'unknown')
			AND n.updated_at > (SELECT COALESCE(MAX(m.updated_at), 0) FROM notices m WHERE m.channel = c.channel AND m.state = 'sent')
			ORDER BY n.updated_at DESC LIMIT 1), '')
		FROM (SELECT DISTINCT channel FROM notices) c ORDER BY c.channel`, lately)
	if err != nil {
		return nil, fmt.Errorf("count notices: %w", err)
	}
	return all, nil
}

func scanMedium(r row) (m tocsin.Medium, err error) {
	err = r.Scan(&m.Channel, &m.Waiting, moment{&m.NextAt}, &m.Sent, &m.Failed, moment{&m.LastAt}, &m.Error)
	return m, err
}
