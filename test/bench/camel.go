package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// camel is Apache Camel; its route and its settings are in test/bench/camel.
var camel = &contestant{
	name: "camel", title: "Apache Camel: camel-kafka in batches, camel-aws2-sqs with batches of ten; 128 requests in flight",
	// A server runs for weeks: what the virtual machine does to become fast is not held against it.
	warmUp:  50,
	slow:    map[string]int{"sqs": 2},
	prepare: prepareCamel,
	command: camelCommand,
}

// prepareCamel fetches the jars, where they are not there yet, and compiles the route.
func prepareCamel(ctx context.Context, b *bench) error {
	for _, tool := range []string{"java", "mvn"} {
		if _, err := exec.LookPath(tool); err != nil {
			return fmt.Errorf("%s is missing", tool)
		}
	}
	source, into := filepath.Join(b.root, "test", "bench", "camel"), filepath.Join(b.cache, "camel")
	pom, err := os.ReadFile(filepath.Join(source, "pom.xml"))
	if err != nil {
		return err
	}
	// Stored when all jars are there, so a changed pom.xml or a download cut short starts afresh.
	stamp := filepath.Join(into, "ready.xml")
	if have, err := os.ReadFile(stamp); err != nil || string(have) != string(pom) {
		if err := os.RemoveAll(into); err != nil {
			return err
		}
		if err := tool(ctx, source, "mvn", "-q", "-B", "-f", filepath.Join(source, "pom.xml"),
			"dependency:copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory="+filepath.Join(into, "lib")); err != nil {
			return fmt.Errorf("its jars could not be fetched here: %w", err)
		}
		if err := os.WriteFile(stamp, pom, 0o644); err != nil {
			return err
		}
	}
	if err := tool(ctx, source, "java", "-cp", filepath.Join(into, "lib", "*"), "org.eclipse.jdt.internal.compiler.batch.Main",
		"-17", "-nowarn", "-d", filepath.Join(into, "classes"), filepath.Join(source, "Route.java")); err != nil {
		return fmt.Errorf("its route does not compile: %w", err)
	}
	return nil
}

func camelCommand(b *bench, j job) (argv, env []string, err error) {
	if j.service != "sqs" || j.destinations > 1 || j.ordering != "" || j.tls {
		return nil, nil, errors.New("the route of Camel is set up for one standard queue without TLS")
	}
	into := filepath.Join(b.cache, "camel")
	classes := strings.Join([]string{filepath.Join(into, "classes"), filepath.Join(into, "lib", "*")}, string(filepath.ListSeparator))
	return []string{"java", "-Xmx512m", "-XX:+UseParallelGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", classes, "Route",
		filepath.Join(b.root, "test", "bench", "camel", "route.properties"),
		"broker=" + j.broker, "topic=" + j.topic, "group=" + j.group,
		"queue=" + lastPart(j.targets[0], '/'), "queueUrl=" + j.targets[0], "endpoint=" + j.endpoint}, nil, nil
}
