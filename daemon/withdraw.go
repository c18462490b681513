package daemon

import (
	"context"
	"time"

	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka/membership"
	"github.com/sluice-bridge/sluice/wiring"
)

// withdrawTimeout bounds the removal of static members. Without it they are members until their sessions end.
const withdrawTimeout = 10 * time.Second

// withdraw removes the static member of this instance from groups that it has left for good: those that
// the next plan has not, or is in under another id.
func (d *Daemon) withdraw(ctx context.Context, before, p *plan, next map[string]*group) {
	id := before.config.Kafka.InstanceID
	var groups []string
	for name := range d.groups {
		if next[name] == nil || id != p.config.Kafka.InstanceID {
			groups = append(groups, name)
		}
	}
	if id == "" || len(groups) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, withdrawTimeout)
	defer cancel()
	d.withdrawn(membership.Withdraw(ctx, before.connection(), id, groups))
}

// withdrawEarlier does the same at a start, for groups of destinations that an earlier process had.
func (d *Daemon) withdrawEarlier(ctx context.Context, p *plan) {
	k := p.config.Kafka
	if k.InstanceID == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, withdrawTimeout)
	defer cancel()
	groups, err := wiring.Sharing(p.config, "").GivenUp(ctx, p.connection(), k.Group)
	if err == nil && len(groups) > 0 {
		err = membership.Withdraw(ctx, p.connection(), k.InstanceID, groups)
	}
	d.withdrawn(err)
}

func (d *Daemon) withdrawn(err error) {
	if err != nil {
		d.log.Warn("this instance stays a static member of groups that it has left, until its session ends", zap.Error(err))
	}
}
