package parts

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// JoinKafka starts one more broker in the cluster of the first, which has to run, under an id of its own
// (not 1, which is the first's), with its data in dir. It is no controller and, where the first has served
// a group, no group's coordinator: it may be killed while groups go on.
func JoinKafka(ctx context.Context, dir string, id int, first *Server, opts ...Option) (*Server, error) {
	k, err := newKafka(dir)
	if err != nil {
		return nil, err
	}
	cluster, err := property(filepath.Join(first.Dir, "data", "meta.properties"), "cluster.id")
	if err != nil {
		return nil, err
	}
	voters, err := property(filepath.Join(first.Dir, "server.properties"), "controller.quorum.voters")
	if err != nil {
		return nil, err
	}
	text := strings.NewReplacer("process.roles=broker,controller", "process.roles=broker", "node.id=1", "node.id="+strconv.Itoa(id),
		",CONTROLLER://{{controller}}", "").Replace(kafkaProperties)
	return launch(ctx, 1, opts, func(addrs []string) (*Server, error) {
		return k.node(ctx, cluster, text, addrs[0], strings.TrimPrefix(voters, "1@"))
	})
}

// property reads a key of a file of properties.
func property(file, key string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), key+"="); ok {
			return value, nil
		}
	}
	return "", fmt.Errorf("%s has no %s", file, key)
}
