package parts

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"time"
)

//go:embed elasticmq.conf
var elasticMQConf string

// StartElasticMQ starts an SQS server that enforces much of what SQS does, fast. It
// has no SNS and refuses message groups on standard queues. Queues live in memory.
func StartElasticMQ(ctx context.Context, dir string, opts ...Option) (*Server, error) {
	lib, err := installed("elasticmq")
	if err != nil {
		return nil, err
	}
	java, err := java()
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	return launch(ctx, 1, opts, func(addrs []string) (*Server, error) {
		_, port, err := net.SplitHostPort(addrs[0])
		if err != nil {
			return nil, err
		}
		text := strings.ReplaceAll(elasticMQConf, "{{port}}", port)
		if err := writeFiles(dir, map[string][]byte{"elasticmq.conf": []byte(text)}); err != nil {
			return nil, fmt.Errorf("configuring elasticmq: %w", err)
		}
		argv := append([]string{java}, javaArgs("256m", "config.file="+filepath.Join(dir, "elasticmq.conf"))...)
		argv = append(argv, "-cp", filepath.Join(lib, "lib", "*"), "org.elasticmq.server.Main")
		return &Server{
			name: "elasticmq", Addr: addrs[0], Dir: dir, argv: argv,
			ready: httpReady("/?Action=ListQueues&Version=2012-11-05"),
		}, nil
	})
}

// StartMoto starts a server of SQS, SNS and STS in one, with fan-out from topics to
// queues. It slows down as queues fill. Everything lives in memory.
func StartMoto(ctx context.Context, dir string, opts ...Option) (*Server, error) {
	venv, err := installed("moto")
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	return launch(ctx, 1, opts, func(addrs []string) (*Server, error) {
		host, port, err := net.SplitHostPort(addrs[0])
		if err != nil {
			return nil, err
		}
		if err := writeFiles(dir, nil); err != nil {
			return nil, fmt.Errorf("configuring moto: %w", err)
		}
		return &Server{
			name: "moto", Addr: addrs[0], Dir: dir,
			argv:  []string{filepath.Join(venv, "bin", "python"), "-m", "moto.server", "-H", host, "-p", port},
			ready: httpReady("/moto-api/data.json"),
		}, nil
	})
}

func httpReady(path string) func(context.Context, string) error {
	return func(ctx context.Context, addr string) error {
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+path, http.NoBody)
		if err != nil {
			return err
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		_, _ = io.Copy(io.Discard, resp.Body)
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("it answered %s", resp.Status)
		}
		return nil
	}
}
