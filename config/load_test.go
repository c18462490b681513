package config

import (
	"testing"
)

func TestSample(t *testing.T) {
	c, err := Load("../bridge.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Warnings) > 0 {
		t.Error(c.Warnings)
	}
}

func TestStarter(t *testing.T) {
	c, err := Parse(Starter(), "bridge.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Warnings) > 0 {
		t.Error(c.Warnings)
	}
}
