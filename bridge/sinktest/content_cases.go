package sinktest

import (
	"maps"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/attribute"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/quota"
)

func testContents(t *testing.T, f Fixture) {
	s, tested := opened(t, f)
	full := &message.Message{
		Body:            []byte(`{"id":1,"name":"Zoë & <b>\"quoted\"</b>"}`),
		GroupID:         `group-1!"#$%&'()*+,-./:;<=>?@[\]^_{|}~` + "`",
		DeduplicationID: "dedup+1/=&%",
		TraceHeader:     "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
		Subject:         "order 17 + 4 = 21 & more",
	}
	for i := range 10 {
		full.Attributes = append(full.Attributes, message.Attribute{Name: "name_" + strconv.Itoa(i) + "-x.y", Value: "värde=\"" + strconv.Itoa(i) + "\" \\ &\t🙂"})
	}
	typed := newMessage("typed")
	typed.Attributes = []message.Attribute{{Name: "total", Value: "12.50"}, {Name: "tags", Value: `["a",1,null]`}, {Name: "tier", Value: "gold"}}
	typed.Types = message.AttributeTypes{"total": attribute.Number, "tags": attribute.Array}
	batch := []*message.Message{full, newMessage("bare"), typed}
	mustSend(t, tested, batch)
	wantSame(t, f, s.sends()[0].Entries, batch)
}

// wantSame compares what came in with what was sent.
func wantSame(t *testing.T, f Fixture, got []Sent, batch []*message.Message) {
	t.Helper()
	if len(got) != len(batch) {
		t.Fatalf("%d entries came in, %d were sent", len(got), len(batch))
	}
	for i, m := range batch {
		want := Sent{ID: strconv.Itoa(i), Body: string(m.Body), GroupID: m.GroupID, DeduplicationID: m.DeduplicationID}
		if f.Features.Subject {
			want.Subject = m.Subject
		}
		if f.Features.TraceHeader {
			want.TraceHeader = m.TraceHeader
		}
		attributes, types := map[string]string{}, map[string]string{}
		for _, a := range m.Attributes {
			attributes[a.Name], types[a.Name] = a.Value, m.DataType(a.Name)
		}
		g := got[i]
		if !maps.Equal(g.Attributes, attributes) || !maps.Equal(g.Types, types) {
			t.Errorf("entry %d: attributes %q of types %q, want %q of %q", i, g.Attributes, g.Types, attributes, types)
		}
		if g.ID != want.ID || g.Body != want.Body || g.GroupID != want.GroupID || g.DeduplicationID != want.DeduplicationID ||
			g.Subject != want.Subject || g.TraceHeader != want.TraceHeader {
			t.Errorf("entry %d: came in as %.300q, want %.300q", i, g, want)
		}
	}
}

// texts are bodies whose encoding is easy to get wrong.
func texts() []string {
	all := []string{
		`"`, `\`, `\\"`, `\u0041`, "\t", "\r\n", "a\tb\rc\nd", "/", "<>&'", "%41+ =&;", " ", "  two  ",
		"\u007f", "\u0085", "\u2028\u2029", "\ud7ff", "\ue000", "\ufffd", "\U00010000", "\U0010ffff", "🙂é漢",
		strings.Repeat(`"`, 100), strings.Repeat(`\`, 1000), strings.Repeat("\n", 9), strings.Repeat("a", 4096),
		"null", "]]>", "</Message>", "\ufeffwith a mark",
	}
	// One character to escape at every place of a word, before and after a boundary.
	for i := range 20 {
		for _, c := range []string{`"`, `\`, "\n", "é", "🙂"} {
			all = append(all, strings.Repeat("x", i)+c+strings.Repeat("y", 19-i))
		}
	}
	pick := rand.New(rand.NewPCG(1, 2))
	alphabet := []rune("\t\n\r !\"#%&+/0=?AZ\\az{}~\u007f\u0080é߿ࠀ\ud7ff\ue000\ufffd\U00010000🙂\U0010ffff")
	for range 100 {
		var b strings.Builder
		for range 1 + pick.IntN(200) {
			b.WriteRune(alphabet[pick.IntN(len(alphabet))])
		}
		all = append(all, b.String())
	}
	return all
}

func testTexts(t *testing.T, f Fixture) {
	s, tested := opened(t, f)
	all := texts()
	for len(all) > 0 {
		n := min(quota.Entries, len(all))
		var batch []*message.Message
		for _, text := range all[:n] {
			m := newMessage(text)
			m.Attributes = []message.Attribute{{Name: "text", Value: text}}
			batch = append(batch, m)
		}
		all = all[n:]
		mustSend(t, tested, batch)
		sends := s.sends()
		wantSame(t, f, sends[len(sends)-1].Entries, batch)
	}
}

func testBatchSizes(t *testing.T, f Fixture) {
	s, tested := opened(t, f)
	for n := 1; n <= quota.Entries; n++ {
		mustSend(t, tested, batchOf(n))
	}
	for i, r := range s.sends() {
		wantSame(t, f, r.Entries, batchOf(i+1))
	}
}

func testLimits(t *testing.T, f Fixture) {
	s := start(t, f.Wire)
	s.describe(false, 1<<20, nil)
	tested := f.New(t, s.URL, false)
	defer tested.Close()
	limits, err := tested.Open(within(t))
	if err != nil {
		t.Fatal(err)
	}
	one := []*message.Message{newMessage(strings.Repeat("\"\n", limits.MaxMessageBytes/2))}
	mustSend(t, tested, one)
	wantSame(t, f, s.sends()[0].Entries, one)
	var ten []*message.Message
	for i := range quota.Entries {
		ten = append(ten, newMessage(strings.Repeat(string(rune('a'+i)), limits.MaxBatchBytes/quota.Entries)))
	}
	mustSend(t, tested, ten)
	wantSame(t, f, s.sends()[1].Entries, ten)
}
