package simulate

import (
	"strings"
	"testing"
)

// What happens is told in words, whatever it is, and nothing of it is left out.
func TestEventsHaveWords(t *testing.T) {
	r := newRandom(1, 1)
	for _, k := range kinds() {
		for range 20 {
			sc := Draw(1)
			e := Event{Do: k.name, Member: 1}
			k.draw(r, sc, &e)
			if _, ok := e.phrase(); !ok {
				t.Errorf("there is no phrase for %s", e)
				break
			}
			if text := e.words(); strings.ContainsAny(text, "{}") || e.For > 0 && !strings.Contains(text, e.For.String()) {
				t.Errorf("%s is told as %q", e, text)
			}
		}
	}
}

func TestScenariosHaveWords(t *testing.T) {
	sc := Draw(3)
	sc.Setup.Static = true
	text := sc.Words()
	for _, want := range []string{"instance_id: m0", "destinations:", "records to topic0", "Kafka has"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}
