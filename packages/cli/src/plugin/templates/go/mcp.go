// A server of the Model Context Protocol over standard input and output, revisions 2026-07-28 and
// 2025-11-25: newline-delimited JSON-RPC 2.0. Nothing in here is about what the tools do.

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

const (
	modernVersion = "2026-07-28"
	versionMeta   = "io.modelcontextprotocol/protocolVersion"
	clientMeta    = "io.modelcontextprotocol/clientCapabilities"
	serverMeta    = "io.modelcontextprotocol/serverInfo"
	outcomeMeta   = "opencomputer/outcome"
	// listMilliseconds is how long clients may keep the list of tools.
	listMilliseconds = 3_600_000
	messageBytesMax  = 16_000_000
	callsOpenMax     = 64
	endTimeMax       = 800 * time.Millisecond
)

// legacyVersions begin with initialize; the first one is offered to a client that asks for another.
var legacyVersions = []string{"2025-11-25", "2025-06-18"}

// A tool as it is listed, with what it does. A handler must stop when its context is done, return a
// refusal for what it will not do, and an error only for a defect.
type tool struct {
	Name        string                                                                `json:"name"`
	Description string                                                                `json:"description"`
	InputSchema json.RawMessage                                                       `json:"inputSchema"`
	Handler     func(ctx context.Context, arguments json.RawMessage) (outcome, error) `json:"-"`
}

// An outcome is how a call ended; Data must be an object or nil.
type outcome struct {
	Status string
	Text   string
	Data   map[string]any
}

func done(text string, data map[string]any) outcome {
	return outcome{Status: "done", Text: text, Data: data}
}

func refused(text string) outcome {
	return outcome{Status: "refused", Text: text}
}

type request struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Method  *string         `json:"method"`
	Params  json.RawMessage `json:"params"`
}

type parameters struct {
	Name            json.RawMessage            `json:"name"`
	Arguments       json.RawMessage            `json:"arguments"`
	ProtocolVersion string                     `json:"protocolVersion"`
	RequestID       json.RawMessage            `json:"requestId"`
	Meta            map[string]json.RawMessage `json:"_meta"`
}

type server struct {
	name, version string
	tools         []tool
	output        io.Writer
	writing       sync.Mutex
	lock          sync.Mutex
	open          map[string]context.CancelFunc
	running       sync.WaitGroup
}

func newServer(name, version string, tools []tool, output io.Writer) *server {
	open := map[string]context.CancelFunc{}
	return &server{name: name, version: version, tools: tools, output: output, open: open}
}

// serve answers until the host closes standard input, then ends the process.
func serve(name, version string, tools []tool) {
	newServer(name, version, tools, os.Stdout).run(os.Stdin)
	os.Exit(0)
}

func (s *server) run(input io.Reader) {
	reader := bufio.NewReaderSize(input, 64_000)
	for {
		line, isWhole, err := readLine(reader)
		if err != nil {
			break
		}
		if !isWhole {
			s.refuse(nil, -32600, fmt.Sprintf("A message may have %d bytes.", messageBytesMax))
		} else if len(bytes.TrimSpace(line)) > 0 {
			s.receive(line)
		}
	}
	s.close()
}

// readLine gives a line, or that it was too long to keep.
func readLine(reader *bufio.Reader) (line []byte, isWhole bool, err error) {
	isWhole = true
	for {
		piece, err := reader.ReadSlice('\n')
		if len(line)+len(piece) > messageBytesMax {
			isWhole, line = false, nil
		}
		if isWhole {
			line = append(line, piece...)
		}
		if err == nil {
			return line, isWhole, nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return nil, false, err
		}
	}
}

// close cancels what still runs, and waits a moment for it.
func (s *server) close() {
	s.lock.Lock()
	for _, cancel := range s.open {
		cancel()
	}
	s.lock.Unlock()
	ended := make(chan struct{})
	go func() {
		s.running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(endTimeMax):
	}
}

func (s *server) receive(line []byte) {
	if !json.Valid(line) {
		s.refuse(nil, -32700, "Not valid JSON.")
		return
	}
	var message request
	if json.Unmarshal(line, &message) != nil || message.Version != "2.0" {
		s.refuse(nil, -32600, "Not a JSON-RPC 2.0 message.")
		return
	}
	var params parameters
	// What is not as it should be stays empty, and is refused where it is needed.
	_ = json.Unmarshal(message.Params, &params)
	switch {
	case message.Method == nil:
		// The answer to a request: this server sends none.
	case message.ID == nil:
		if *message.Method == "notifications/cancelled" {
			s.cancel(params.RequestID)
		}
	case !isIdentifier(message.ID):
		s.refuse(nil, -32600, "The id must be a string or a number.")
	default:
		s.answerRequest(message.ID, *message.Method, params)
	}
}

func isIdentifier(id json.RawMessage) bool {
	return len(id) > 0 && (id[0] == '"' || id[0] == '-' || (id[0] >= '0' && id[0] <= '9'))
}

func (s *server) answerRequest(id json.RawMessage, method string, params parameters) {
	version, isModern := params.Meta[versionMeta]
	var named string
	_ = json.Unmarshal(version, &named)
	client := params.Meta[clientMeta]
	switch {
	case isModern && named != modernVersion:
		supported := append([]string{modernVersion}, legacyVersions...)
		data := map[string]any{"supported": supported, "requested": version}
		s.send(map[string]any{"id": id, "error": map[string]any{
			"code": -32022, "message": "Unsupported protocol version", "data": data,
		}})
	case isModern && (len(client) == 0 || client[0] != '{'):
		s.refuse(id, -32602, "_meta needs "+clientMeta+".")
	case method == "tools/call":
		s.startCall(id, params, isModern)
	case method == "tools/list":
		result := map[string]any{"tools": s.tools}
		if isModern {
			result["ttlMs"], result["cacheScope"] = listMilliseconds, "public"
		}
		s.answer(id, result, isModern)
	case method == "server/discover" && isModern:
		s.answer(id, map[string]any{
			"supportedVersions": []string{modernVersion},
			"capabilities":      map[string]any{"tools": map[string]any{}},
			"ttlMs":             listMilliseconds,
			"cacheScope":        "public",
		}, true)
	case method == "server/discover":
		s.refuse(id, -32602, "_meta needs "+versionMeta+".")
	case method == "initialize" && !isModern:
		s.initialize(id, params.ProtocolVersion)
	case method == "ping" && !isModern:
		s.answer(id, map[string]any{}, false)
	default:
		s.refuse(id, -32601, "Unknown method: "+method)
	}
}

func (s *server) initialize(id json.RawMessage, requested string) {
	agreed := legacyVersions[0]
	for _, version := range legacyVersions {
		if version == requested {
			agreed = version
		}
	}
	s.answer(id, map[string]any{
		"protocolVersion": agreed,
		"capabilities":    map[string]any{"tools": map[string]any{}},
		"serverInfo":      map[string]any{"name": s.name, "version": s.version},
	}, false)
}

func (s *server) startCall(id json.RawMessage, params parameters, isModern bool) {
	var name string
	_ = json.Unmarshal(params.Name, &name)
	found := -1
	for at := range s.tools {
		if s.tools[at].Name == name {
			found = at
		}
	}
	arguments := params.Arguments
	if len(arguments) == 0 {
		arguments = json.RawMessage("{}")
	}
	if found < 0 {
		s.refuse(id, -32602, "Unknown tool: "+string(params.Name))
		return
	}
	if arguments[0] != '{' {
		s.refuse(id, -32602, "The arguments must be an object.")
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.lock.Lock()
	_, isTaken := s.open[string(id)]
	isBusy := len(s.open) >= callsOpenMax
	if !isTaken && !isBusy {
		s.open[string(id)] = cancel
		s.running.Add(1)
	}
	s.lock.Unlock()
	if isTaken || isBusy {
		cancel()
		if isTaken {
			s.refuse(id, -32600, "A call with this id is running.")
		} else {
			s.refuse(id, -32000, fmt.Sprintf("%d calls are running.", callsOpenMax))
		}
		return
	}
	go func() {
		defer s.running.Done()
		ended := runHandler(ctx, s.tools[found], arguments)
		s.lock.Lock()
		delete(s.open, string(id))
		s.lock.Unlock()
		// A cancelled call gets no answer; our host is told that its handler has ended.
		if ctx.Err() == nil {
			s.answer(id, resultOf(ended), isModern)
		} else {
			s.send(map[string]any{
				"method": "notifications/opencomputer/stopped",
				"params": map[string]any{"requestId": id},
			})
		}
		cancel()
	}()
}

// runHandler never panics: what a handler panics with is a failure, told in full to the log only.
func runHandler(ctx context.Context, called tool, arguments json.RawMessage) (ended outcome) {
	defer func() {
		if reason := recover(); reason != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", called.Name, reason)
			ended = outcome{Status: "failed", Text: called.Name + " failed: a defect"}
		}
	}()
	ended, err := called.Handler(ctx, arguments)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", called.Name, err)
		return outcome{Status: "failed", Text: called.Name + " failed: " + err.Error()}
	}
	return ended
}

func resultOf(ended outcome) map[string]any {
	meta := map[string]any{"status": ended.Status}
	if ended.Status == "failed" {
		meta["code"] = "TOOL_FAILED"
	}
	result := map[string]any{
		"content": []any{map[string]any{"type": "text", "text": ended.Text}},
		"_meta":   map[string]any{outcomeMeta: meta},
	}
	if ended.Data != nil {
		result["structuredContent"] = ended.Data
	}
	if ended.Status != "done" {
		result["isError"] = true
	}
	return result
}

func (s *server) cancel(id json.RawMessage) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if cancel, isOpen := s.open[string(id)]; isOpen {
		cancel()
	}
}

// answer sends a result; since 2026-07-28 each carries its type and who answered.
func (s *server) answer(id json.RawMessage, result map[string]any, isModern bool) {
	if isModern {
		meta, _ := result["_meta"].(map[string]any)
		if meta == nil {
			meta = map[string]any{}
		}
		meta[serverMeta] = map[string]any{"name": s.name, "version": s.version}
		result["_meta"], result["resultType"] = meta, "complete"
	}
	s.send(map[string]any{"id": id, "result": result})
}

func (s *server) refuse(id json.RawMessage, code int, message string) {
	s.send(map[string]any{"id": id, "error": map[string]any{"code": code, "message": message}})
}

func (s *server) send(message map[string]any) {
	message["jsonrpc"] = "2.0"
	line, err := json.Marshal(message)
	if err != nil {
		fmt.Fprintf(os.Stderr, "an answer cannot be sent: %v\n", err)
		return
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	_, _ = s.output.Write(append(line, '\n'))
}
