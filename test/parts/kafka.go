package parts

import (
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

//go:embed kafka.properties
var kafkaProperties string

//go:embed log4j2.properties
var kafkaLogging []byte

// StartKafka starts one broker that is its own controller, with its data in dir, and
// returns when it answers and can serve consumer groups. A cluster that dir already
// holds is resumed, on new ports. Topics are not created by themselves.
func StartKafka(ctx context.Context, dir string, opts ...Option) (*Server, error) {
	k, err := newKafka(dir)
	if err != nil {
		return nil, err
	}
	return launch(ctx, 2, opts, func(addrs []string) (*Server, error) {
		return k.node(ctx, clusterID(), kafkaProperties, addrs[0], addrs[1])
	})
}

// kafka is where a node has its programs and its data.
type kafka struct{ lib, java, dir string }

func newKafka(dir string) (kafka, error) {
	lib, err := installed("kafka")
	if err != nil {
		return kafka{}, err
	}
	java, err := java()
	if err != nil {
		return kafka{}, err
	}
	dir, err = filepath.Abs(dir)
	return kafka{lib, java, dir}, err
}

func (k kafka) run(class string, args ...string) []string {
	argv := append([]string{k.java}, javaArgs("512m", "log4j2.configurationFile="+filepath.Join(k.dir, "log4j2.properties"))...)
	return append(append(argv, "-cp", filepath.Join(k.lib, "lib", "*"), class), args...)
}

// node returns a server that is configured and has formatted storage.
func (k kafka) node(ctx context.Context, cluster, properties, broker, controller string) (*Server, error) {
	config := filepath.Join(k.dir, "server.properties")
	data := filepath.Join(k.dir, "data")
	text := strings.NewReplacer("{{broker}}", broker, "{{controller}}", controller, "{{data}}", data).Replace(properties)
	if err := writeFiles(k.dir, map[string][]byte{"server.properties": []byte(text), "log4j2.properties": kafkaLogging}); err != nil {
		return nil, fmt.Errorf("configuring kafka: %w", err)
	}
	if _, err := os.Stat(filepath.Join(data, "meta.properties")); err != nil {
		// Formatting is what gives a cluster its id.
		argv := k.run("kafka.tools.StorageTool", "format", "-t", cluster, "-c", config)
		if out, err := exec.CommandContext(ctx, argv[0], argv[1:]...).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("formatting kafka's storage: %w: %s", err, out)
		}
	}
	return &Server{name: "kafka", Addr: broker, Dir: k.dir, argv: k.run("kafka.Kafka", config), ready: kafkaReady}, nil
}

// clusterID is 16 random bytes in the form that Kafka wants. It refuses ids that start
// with a dash, which would read as an option.
func clusterID() string {
	var id [16]byte
	_, _ = rand.Read(id[:])
	id[0] &= 0x7f
	return base64.RawURLEncoding.EncodeToString(id[:])
}

// kafkaReady asks for a group's coordinator and not only for metadata: the first to
// ask makes Kafka create its offsets topic, and tests should not pay for the wait.
func kafkaReady(ctx context.Context, addr string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	cl, err := kgo.NewClient(kgo.SeedBrokers(addr), kgo.DialTimeout(time.Second),
		kgo.RequestTimeoutOverhead(2*time.Second), kgo.RequestRetries(0))
	if err != nil {
		return err
	}
	defer cl.Close()
	req := kmsg.NewPtrFindCoordinatorRequest()
	req.CoordinatorKey = "ready"
	req.CoordinatorKeys = []string{"ready"}
	resp, err := req.RequestWith(ctx, cl)
	if err != nil {
		return err
	}
	for _, c := range resp.Coordinators {
		if err := kerr.ErrorForCode(c.ErrorCode); err != nil {
			return err
		}
	}
	return kerr.ErrorForCode(resp.ErrorCode)
}

func writeFiles(dir string, files map[string][]byte) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
