// Package parts runs the servers that tests talk to, as real processes: Apache
// Kafka, ElasticMQ (SQS) and moto (SQS, SNS, STS).
//
// A test that only needs an address asks [Kafka], [ElasticMQ] or [Moto]; one that
// kills, stalls or restarts its server asks [OwnKafka] and its like. The program in
// cmd/parts starts all three around a command, so that its tests share them.
package parts

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// ErrNotSetUp says that the servers' files are not in the cache.
var ErrNotSetUp = errors.New("the test servers are not set up: run `make parts` once, or `make test`")

// Root is the repository's folder, found upwards from the working directory: go test
// runs in the package's folder, and compiled-in paths are gone under -trimpath.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the repository: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "test", "parts", "setup")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("finding the repository: no folder above this one holds test/parts/setup")
		}
		dir = parent
	}
}

// Cache is the folder for everything downloaded or left behind by a run:
// $SLUICE_TEST_CACHE, or .cache in the repository.
func Cache() (string, error) {
	if dir := os.Getenv("SLUICE_TEST_CACHE"); dir != "" {
		return filepath.Abs(dir)
	}
	root, err := Root()
	if err != nil {
		return "", err
	}
	return filepath.Join(root, ".cache"), nil
}

// installed is the folder of a part that setup has finished.
func installed(name string) (string, error) {
	cache, err := Cache()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "parts", name)
	if _, err := os.Stat(filepath.Join(dir, "ready")); err != nil {
		return "", fmt.Errorf("starting %s: %w", name, ErrNotSetUp)
	}
	return dir, nil
}

func java() (string, error) {
	if home := os.Getenv("JAVA_HOME"); home != "" {
		return filepath.Join(home, "bin", "java"), nil
	}
	path, err := exec.LookPath("java")
	if err != nil {
		return "", fmt.Errorf("finding java: %w: %w", err, ErrNotSetUp)
	}
	return path, nil
}

// javaArgs favours a quick start over peak speed and bounds the heap: several of
// these run beside the tests on a small machine.
func javaArgs(heap string, properties ...string) []string {
	args := []string{"-Xmx" + heap, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true"}
	for _, p := range properties {
		args = append(args, "-D"+p)
	}
	return args
}
