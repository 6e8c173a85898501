// Tests of the tools: go test ./...

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
)

func TestAPersonIsGreetedByName(t *testing.T) {
	found, err := greet(context.Background(), json.RawMessage(`{"name": " Ada "}`))
	if err != nil || found.Status != "done" || found.Text != "Hello, Ada!" {
		t.Fatalf("found %+v, %v", found, err)
	}
}

func TestWhatHasNoLetterIsNoName(t *testing.T) {
	found, err := greet(context.Background(), json.RawMessage(`{"name": "!"}`))
	if err != nil || found.Status != "refused" {
		t.Fatalf("found %+v, %v", found, err)
	}
}

// ask sends one line to a server and gives its answer.
func ask(t *testing.T, line string) map[string]any {
	t.Helper()
	var output bytes.Buffer
	newServer("sample-plugin", "0.1.0", tools, &output).run(strings.NewReader(line + "\n"))
	var answer map[string]any
	if err := json.Unmarshal(output.Bytes(), &answer); err != nil {
		t.Fatalf("answer to %s: %q", line, output.String())
	}
	return answer
}

func TestEveryBadMessageGetsItsError(t *testing.T) {
	for line, code := range map[string]float64{
		`{`:  -32700,
		`[]`: -32600,
		`{"jsonrpc":"2.0","id":1,"method":"nothing"}`:                                -32601,
		`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"nothing"}}`: -32602,
		`{"jsonrpc":"2.0","id":1,"method":"server/discover"}`:                        -32602,
	} {
		failure, _ := ask(t, line)["error"].(map[string]any)
		if failure["code"] != code {
			t.Errorf("%s: found %v, expected %v", line, failure["code"], code)
		}
	}
}
