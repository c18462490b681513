package awsapi

import (
	"errors"
	"io"
	"net/http"
	"sync"
)

// answerLimit bounds an answer in bytes; one of ten entries takes about 2 KiB.
const answerLimit = 1 << 20

// Answer is a complete HTTP answer.
type Answer struct {
	Status int
	Header http.Header
	// Body is valid until Release.
	Body []byte
}

var answers = sync.Pool{New: func() any { return &Answer{Body: make([]byte, 0, 4<<10)} }}

var (
	errLongAnswer = errors.New("the answer exceeds 1 MiB")
	errClosed     = errors.New("the service closed the connection without an answer")
)

// newAnswer reads the body of an answer to its end.
func newAnswer(res *http.Response) (*Answer, error) {
	defer res.Body.Close()
	a := answers.Get().(*Answer)
	a.Status, a.Header, a.Body = res.StatusCode, res.Header, a.Body[:0]
	for {
		if len(a.Body) == cap(a.Body) {
			a.Body = append(a.Body, 0)[:len(a.Body)]
		}
		n, err := res.Body.Read(a.Body[len(a.Body):cap(a.Body)])
		a.Body = a.Body[:len(a.Body)+n]
		if err == io.EOF {
			return a, nil
		}
		if err == nil && len(a.Body) > answerLimit {
			err = errLongAnswer
		}
		if err != nil {
			a.Release()
			return nil, err
		}
	}
}

// OK tells whether the service accepted the call, though perhaps not every entry.
func (a *Answer) OK() bool { return a.Status/100 == 2 }

// Release ends the use of Body.
func (a *Answer) Release() {
	a.Header = nil
	if cap(a.Body) <= answerLimit {
		answers.Put(a)
	}
}
