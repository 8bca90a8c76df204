// Checks a log in a folder, and receipts, with golang.org/x/mod/sumdb alone: nothing of Tongban's is used here.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run verify.go FOLDER VKEY OLD_CHECKPOINT RECEIPT...
package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type folder string

func (f folder) Height() int { return 8 }

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range tiles {
		raw, err := os.ReadFile(filepath.Join(string(f), "tile", strings.TrimPrefix(tile.Path(), "tile/8/")))
		if err != nil {
			return nil, err
		}
		found = append(found, raw)
	}
	return found, nil
}

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func opened(msg []byte, verifier note.Verifier) tlog.Tree {
	n, err := note.Open(msg, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(n.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		log.Fatal("not a checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := tlog.ParseHash(lines[2])
	must(err)
	return tlog.Tree{N: size, Hash: root}
}

func entries(f folder, number, width int64) [][]byte {
	tile := tlog.Tile{H: 8, L: -1, N: number, W: int(width)}
	path := strings.TrimPrefix(tile.Path(), "tile/8/data/")
	raw, err := os.ReadFile(filepath.Join(string(f), "tile", "entries", path))
	must(err)
	var found [][]byte
	for len(raw) > 0 {
		length := int(binary.BigEndian.Uint16(raw))
		found = append(found, raw[2:2+length])
		raw = raw[2+length:]
	}
	if int64(len(found)) != width {
		log.Fatalf("bundle %d holds %d entries instead of %d", number, len(found), width)
	}
	return found
}

func main() {
	dir := folder(os.Args[1])
	verifier, err := note.NewVerifier(os.Args[2])
	must(err)
	msg, err := os.ReadFile(filepath.Join(string(dir), "checkpoint"))
	must(err)
	tree := opened(msg, verifier)
	reader := tlog.TileHashReader(tree, dir)
	for at := int64(0); at < tree.N; at += 256 {
		width := tree.N - at
		if width > 256 {
			width = 256
		}
		var indexes []int64
		for i := int64(0); i < width; i++ {
			indexes = append(indexes, tlog.StoredHashIndex(0, at+i))
		}
		hashes, err := reader.ReadHashes(indexes)
		must(err)
		for i, entry := range entries(dir, at/256, width) {
			if tlog.RecordHash(entry) != hashes[i] {
				log.Fatalf("entry %d is not the one in the tree", at+int64(i))
			}
		}
	}
	old, err := os.ReadFile(os.Args[3])
	must(err)
	before := opened(old, verifier)
	growth, err := tlog.ProveTree(tree.N, before.N, reader)
	must(err)
	must(tlog.CheckTree(growth, tree.N, tree.Hash, before.N, before.Hash))
	for _, name := range os.Args[4:] {
		raw, err := os.ReadFile(name)
		must(err)
		parts := strings.SplitN(string(raw), "\n\n", 2)
		head := opened([]byte(parts[1]), verifier)
		lines := strings.Split(parts[0], "\n")
		if lines[0] != "c2sp.org/tlog-proof@v1" {
			log.Fatal("not a receipt")
		}
		extra, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
		must(err)
		var shown struct{ Entry string }
		must(json.Unmarshal(extra, &shown))
		index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
		must(err)
		var proof tlog.RecordProof
		for _, line := range lines[3:] {
			hash, err := tlog.ParseHash(line)
			must(err)
			proof = append(proof, hash)
		}
		must(tlog.CheckRecord(proof, head.N, head.Hash, index, tlog.RecordHash([]byte(shown.Entry))))
	}
	fmt.Printf("%d entries, grown from %d, %d receipts\n", tree.N, before.N, len(os.Args)-4)
}
