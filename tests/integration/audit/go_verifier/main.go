// The independent verifier: Go's own transparency-log library over the reference.json of a bundle.
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"os"
	"strings"
)

type E struct {
	Index int64
	Entry string
	Proof []string
}
type B struct {
	Vkey, Old, New string
	Oldsize, Size  int64
	Consistency    []string
	Entries        []E
}

func d(s string) []byte { b, _ := base64.StdEncoding.DecodeString(s); return b }
func hs(p []string) []tlog.Hash {
	var r []tlog.Hash
	for _, x := range p {
		var h tlog.Hash
		copy(h[:], d(x))
		r = append(r, h)
	}
	return r
}
func root(v note.Verifier, s string) (tlog.Hash, int64) {
	n, err := note.Open([]byte(s), note.VerifierList(v))
	if err != nil {
		fmt.Println("SIG FAIL", err)
		os.Exit(1)
	}
	l := strings.Split(n.Text, "\n")
	var h tlog.Hash
	copy(h[:], d(l[2]))
	var sz int64
	fmt.Sscan(l[1], &sz)
	return h, sz
}
func main() {
	raw, _ := os.ReadFile(os.Args[1])
	var b B
	if err := json.Unmarshal(raw, &b); err != nil {
		panic(err)
	}
	v, err := note.NewVerifier(b.Vkey)
	if err != nil {
		panic(err)
	}
	oh, os_ := root(v, b.Old)
	nh, ns := root(v, b.New)
	if err := tlog.CheckTree(tlog.TreeProof(hs(b.Consistency)), ns, nh, os_, oh); err != nil {
		fmt.Println("CONSISTENCY FAIL", err)
		os.Exit(1)
	}
	for _, e := range b.Entries {
		if err := tlog.CheckRecord(tlog.RecordProof(hs(e.Proof)), ns, nh, e.Index, tlog.RecordHash(d(e.Entry))); err != nil {
			fmt.Println("INCLUSION FAIL", e.Index, err)
			os.Exit(1)
		}
	}
	fmt.Println("OK: signature, consistency", os_, "->", ns, "inclusion of", len(b.Entries), "entries")
}
