package parts

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A version that is changed where it is named is changed among the hashes, too: setup would refuse what it
// downloads, or download the one before.
func TestVersionsArePinned(t *testing.T) {
	t.Parallel()
	read := func(path string) string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	lock := read("requirements.lock")
	for line := range strings.Lines(read("requirements.txt")) {
		name, version, _ := strings.Cut(strings.TrimSpace(line), "==")
		name, _, _ = strings.Cut(name, "[")
		if !strings.Contains("\n"+lock, "\n"+name+"=="+version+" ") {
			t.Errorf("requirements.lock has no hash of %s %s", name, version)
		}
	}
	poms, err := filepath.Glob("maven/*.xml")
	if err != nil || len(poms) == 0 {
		t.Fatal(poms, err)
	}
	dependency := regexp.MustCompile(`(?s)<dependency>.*?<artifactId>(.*?)</artifactId>.*?<version>(.*?)</version>`)
	for _, pom := range poms {
		hashes := read(strings.TrimSuffix(pom, ".xml") + ".sha256")
		for _, m := range dependency.FindAllStringSubmatch(read(pom), -1) {
			if !strings.Contains(hashes, "  "+m[1]+"-"+m[2]+".jar\n") {
				t.Errorf("%s: no hash of %s %s", pom, m[1], m[2])
			}
		}
	}
}
