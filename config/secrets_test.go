package config

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// A sentence about what is wrong never quotes what stands, or may stand, at the place of a secret.
func TestProblemsHoldNoSecret(t *testing.T) {
	t.Parallel()
	const secret = "hunter2"
	file := func(section string) string {
		return "kafka:\n  brokers: [broker.example:9093]\n  group: g\n" +
			"aws: {region: eu-west-1}\ndestinations: {queue: {sqs: q}}\nrules: [{topics: [t], to: [queue]}]\n" + section
	}
	sasl := func(key, value string) string {
		return strings.Replace(file(""), "  group: g\n", "  group: g\n  sasl:\n    mechanism: plain\n    username: u\n    "+key+": "+value+"\n", 1)
	}
	tests := map[string]string{}
	for _, pair := range []string{"password:hunter2", "password=hunter2", "token:hunter2", "token hunter2", "'password: hunter2'", "\"token\":hunter2"} {
		tests["braces "+pair] = strings.Replace(file(""), "  group: g\n", "  group: g\n  sasl: {mechanism: plain, username: u, "+pair+"}\n", 1)
		tests["lines "+pair] = strings.Replace(sasl("x", "y"), "x: y", pair, 1)
		tests["alone "+pair] = strings.Replace(file(""), "  group: g\n", "  group: g\n  sasl:\n    "+pair+"\n", 1)
		tests["registry "+pair] = file("schema_registry: {urls: [https://r.example], " + pair + "}")
	}
	for _, value := range []string{
		"*hunter2", "&hunter2", "!hunter2", "!hunter2 x", "!!hunter2 x", "'ab${hunter2-x}'", "'${hunter2'", "[hunter2]", "{hunter2: x}",
		"{hunter2: 1, hunter2: 2}", "{a: *hunter2}", "{a: &hunter2 }", "{<<: hunter2}", "{hunter2: !hunter2 x}", "'hunter2' x", "\"hunter2",
		"hunter2: x", "@hunter2", "`hunter2", "%hunter2", "|hunter2", "\"\\hunter2\"", "hunter2\n  x", "{[hunter2]: x}", "&a {hunter2: *a}",
	} {
		for _, key := range []string{"password", "token"} {
			tests[key+": "+value] = sasl(key, value)
		}
		tests["registry: "+value] = file("schema_registry: {urls: [https://r.example]}\n") + "  password: " + value
		tests["registry token: "+value] = file("schema_registry:\n  urls: [https://r.example]\n  username: hunt\n  token: " + value + "\n")
	}
	for _, url := range []string{
		"https://u:hunter2@r.example", "htps://u:hunter2@r.example", "https://u:hun/ter2:hunter2@r.example", "https://u: hunter2@r.example", "https://u:a@hunter2@r.example",
		"//u:hunter2@r.example", "u:hunter2@r.example:9092", "https://u:hunter2@", "https://u:hunter2@r.example:port", "https://u:hunter2@r.example/%zz", "https://hunter2@r.example",
	} {
		quoted := fmt.Sprintf("%q", url)
		tests["urls as text "+url] = file("schema_registry: {urls: " + quoted + "}")
		tests["urls "+url] = file("schema_registry: {urls: [" + quoted + "], timeout: x}")
		tests["endpoint "+url] = strings.Replace(file(""), "region: eu", "endpoint: "+quoted+", region: eu", 1)
		tests["own endpoint "+url] = strings.Replace(file(""), "sqs: q", "sqs: q, endpoint: "+quoted, 1)
		tests["queue "+url] = strings.Replace(file(""), "sqs: q", "sqs: "+fmt.Sprintf("%q", url+"/111122223333/q"), 1)
		tests["topic "+url] = strings.Replace(file(""), "sqs: q", "sns: "+quoted, 1)
		tests["broker "+url] = strings.Replace(file(""), "broker.example:9093", quoted, 1)
		tests["listen "+url] = file("admin: {listen: " + quoted + "}")
	}
	for name, text := range tests {
		var told string
		c, err := Parse([]byte(text), "bridge.yaml", nil)
		var problems Problems
		if errors.As(err, &problems) {
			told = problems.Error()
		} else {
			told = c.Warnings.Error()
		}
		if strings.Contains(told, secret) {
			t.Errorf("%s: %s", name, told)
		}
	}
	for _, variable := range []string{
		"SLUICE_KAFKA__SASL={password: *hunter2}", "SLUICE_KAFKA__SASL={password: !hunter2 x}", "SLUICE_KAFKA__SASL={password:hunter2}", "SLUICE_KAFKA__SASL={password: {hunter2: 1, hunter2: 2}}",
		"SLUICE_AWS__ENDPOINT=https://u:hunter2@r.example", "SLUICE_KAFKA__SASL__PASSWORD=${hunter2-x}", "AWS_ENDPOINT_URL_SQS=https://u:hunter2@r.example",
	} {
		if _, err := Parse([]byte(file("")), "bridge.yaml", []string{variable}); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", variable, err)
		}
	}
}
