package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/sluice-bridge/sluice/test/parts"
)

// part is one kind of server and how tests learn of it.
type part struct {
	name     string
	variable string
	start    func(context.Context, string, ...parts.Option) (*parts.Server, error)
	address  func(*parts.Server) string
}

var known = []part{
	{"kafka", parts.EnvKafka, parts.StartKafka, func(s *parts.Server) string { return s.Addr }},
	{"elasticmq", parts.EnvElasticMQ, parts.StartElasticMQ, (*parts.Server).URL},
	{"moto", parts.EnvMoto, parts.StartMoto, (*parts.Server).URL},
}

// set is the servers of one run; nil where a part was not asked for.
type set struct{ servers []*parts.Server }

// startSet starts the parts side by side. What did start is returned with an error
// too, to be stopped.
func startSet(ctx context.Context, only, dir string, opts ...parts.Option) (*set, error) {
	wanted := map[string]bool{}
	for name := range strings.SplitSeq(only, ",") {
		wanted[strings.TrimSpace(name)] = true
	}
	s := &set{servers: make([]*parts.Server, len(known))}
	group, ctx := errgroup.WithContext(ctx)
	for i, p := range known {
		if !wanted[p.name] {
			continue
		}
		delete(wanted, p.name)
		group.Go(func() (err error) {
			s.servers[i], err = p.start(ctx, filepath.Join(dir, p.name), opts...)
			return err
		})
	}
	err := group.Wait()
	for name := range wanted {
		err = errors.Join(err, fmt.Errorf("-only: there is no part %q", name))
	}
	return s, err
}

func (s *set) env() []string {
	env := []string{parts.EnvRequire + "=1"}
	for i, p := range known {
		if s.servers[i] != nil {
			env = append(env, p.variable+"="+p.address(s.servers[i]))
		}
	}
	return env
}

func (s *set) stop() error {
	if s == nil {
		return nil
	}
	var group errgroup.Group
	for _, server := range s.servers {
		if server != nil {
			group.Go(server.Stop)
		}
	}
	return group.Wait()
}
