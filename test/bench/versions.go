package main

import (
	"context"
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
)

// versions is the machine and all that was run on it.
func (b *bench) versions(ctx context.Context, all results) [][]string {
	rows := [][]string{
		{"machine", fmt.Sprintf("%s, %d cores, %s of memory, Linux %s", find("/proc/cpuinfo", `model name\s*: (.*)`), runtime.NumCPU(),
			memory(), find("/proc/sys/kernel/osrelease", `(.*)`))},
		{"Sluice", b.commit(ctx)},
		{"Go", runtime.Version()},
	}
	if info, err := buildinfo.ReadFile(filepath.Join(b.cache, "sluice")); err == nil {
		for _, m := range info.Deps {
			switch m.Path {
			case "github.com/twmb/franz-go", "github.com/aws/aws-sdk-go-v2/service/sqs", "github.com/aws/aws-sdk-go-v2/service/sns":
				rows = append(rows, []string{strings.TrimPrefix(m.Path, "github.com/"), m.Version})
			}
		}
	}
	test := filepath.Join(b.root, "test")
	rows = append(rows, []string{"Apache Kafka", find(filepath.Join(test, "parts", "maven", "kafka.xml"), `kafka_2\.13</artifactId>\s*<version>(.*)</version>`)})
	if all.measured(connect.name) {
		rows = append(rows, []string{"Redpanda Connect", find(filepath.Join(test, "bench", "connect", "go.mod"), `connect/v4 (.*)`)})
	}
	if all.measured(camel.name) {
		rows = append(rows, []string{"Apache Camel", find(filepath.Join(test, "bench", "camel", "pom.xml"), `<camel.version>(.*)</camel.version>`)})
	}
	return rows
}

func memory() string {
	kib, err := strconv.Atoi(find("/proc/meminfo", `MemTotal:\s*(\d+) kB`))
	if err != nil {
		return "unknown size"
	}
	return fmt.Sprintf("%.0f GB", float64(kib)*1024/1e9)
}

// find returns the group of the first match in a file.
func find(file, expression string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return "unknown"
	}
	m := regexp.MustCompile(expression).FindSubmatch(text)
	if m == nil {
		return "unknown"
	}
	return string(m[1])
}

// commit names what the bridge was built from.
func (b *bench) commit(ctx context.Context) string {
	git := func(args ...string) (string, error) {
		cmd := exec.CommandContext(ctx, "git", args...)
		cmd.Dir = b.root
		out, err := cmd.Output()
		return strings.TrimSpace(string(out)), err
	}
	name, err := git("rev-parse", "--short=12", "HEAD")
	if err != nil {
		return "unknown commit"
	}
	if changed, err := git("status", "--porcelain", "--untracked-files=no"); err != nil || changed != "" {
		name += ", with changes"
	}
	return "commit " + name
}
