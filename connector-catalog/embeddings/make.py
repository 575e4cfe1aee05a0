"""Makes `stems.bin`, the vectors of words by which the search ranks a second time.

    python3 make.py --model DIRECTORY --catalog DIRECTORY --output stems.bin

`README.md` says what it needs and how it works.
"""

import argparse
import collections
import json
import pathlib
import random
import re
import struct

import lz4.block
import numpy as np
import scipy.sparse as sp
import Stemmer
from safetensors.numpy import load_file
from tokenizers import Tokenizer

DIMENSIONS = 64
TEXTS = 56_000
# How much a stem's vector is held to that of the word alone, when texts say something else.
HOLD = 2.0
STOP_WORDS = pathlib.Path(__file__).parent.parent / "src/search/stop_words.txt"


class Model:
    """The sentence transformer `all-MiniLM-L6-v2`, as numpy."""

    def __init__(self, folder):
        weights = load_file(str(folder / "model.safetensors"))
        self.w = {name: w.astype(np.float32) for name, w in weights.items() if w.dtype != np.int64}
        self.t = {name: np.ascontiguousarray(w.T) for name, w in self.w.items() if w.ndim == 2}
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(48)

    def norm(self, x, name):
        x = x - x.mean(-1, keepdims=True)
        variance = (x * x).mean(-1, keepdims=True)
        return x / np.sqrt(variance + 1e-12) * self.w[name + ".weight"] + self.w[name + ".bias"]

    def linear(self, x, name):
        y = x.reshape(-1, x.shape[-1]) @ self.t[name + ".weight"] + self.w[name + ".bias"]
        return y.reshape(*x.shape[:-1], -1)

    def forward(self, ids):
        rows, length = ids.shape
        e = "embeddings."
        x = self.w[e + "word_embeddings.weight"][ids]
        x = x + self.w[e + "position_embeddings.weight"][:length]
        x = self.norm(x + self.w[e + "token_type_embeddings.weight"][0], e + "LayerNorm")
        for layer in range(6):
            p = f"encoder.layer.{layer}."
            q, k, v = (
                self.linear(x, f"{p}attention.self.{name}").reshape(rows, length, 12, 32).transpose(0, 2, 1, 3)
                for name in ("query", "key", "value")
            )
            s = q @ k.transpose(0, 1, 3, 2) / np.sqrt(32)
            s = np.exp(s - s.max(-1, keepdims=True))
            s /= s.sum(-1, keepdims=True)
            a = (s @ v).transpose(0, 2, 1, 3).reshape(rows, length, -1)
            x = self.norm(x + self.linear(a, p + "attention.output.dense"), p + "attention.output.LayerNorm")
            h = self.linear(x, p + "intermediate.dense")
            h = 0.5 * h * (1 + np.tanh(0.7978845608 * (h + 0.044715 * h**3)))
            x = self.norm(x + self.linear(h, p + "output.dense"), p + "output.LayerNorm")
        mean = x.mean(1)
        return mean / np.linalg.norm(mean, axis=1, keepdims=True)

    def encode(self, texts):
        """Vectors of texts; texts of the same length go together."""
        encoded = [e.ids for e in self.tokenizer.encode_batch(list(texts))]
        by_length = collections.defaultdict(list)
        for at, ids in enumerate(encoded):
            by_length[len(ids)].append(at)
        out = np.zeros((len(texts), 384), np.float32)
        for length, places in by_length.items():
            step = max(1, 2048 // length)
            for start in range(0, len(places), step):
                some = places[start : start + step]
                out[some] = self.forward(np.array([encoded[at] for at in some]))
        return out


stop_words = set(STOP_WORDS.read_text().split())
stemmer = Stemmer.Stemmer("english")
WORD = re.compile(r"['’]\w*|[^\W_]+")
PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[^A-Z]+|[A-Z]+")


def words(text):
    """The words of a text as the search splits it, but for stop words."""
    found = (m.group() for m in WORD.finditer(text))
    parts = (p.lower() for w in found if w[0] not in "'’" for p in PART.findall(w))
    return [word for word in parts if word not in stop_words]


def actions(catalog):
    """Name, title, description, path and parameters of all actions of a catalog."""
    manifest = max(catalog.glob("connectors.*.json"), key=lambda path: int(path.name.split(".")[1]))
    for record in json.loads(manifest.read_text())["connectors"]:
        pack = (catalog / record["pack"]).read_bytes()
        piece = lambda start, length, plain: lz4.block.decompress(pack[start : start + length], uncompressed_size=plain)
        _, head = json.loads(piece(*struct.unpack("<QII", pack[-28:-12])))
        known = {}
        for _, _, (block, start, length) in head["actions"]:
            if block not in known:
                at = head["blocks"][block]
                known = {block: piece(at["start"], at["length"], at["plain"])}
            action = json.loads(known[block][start : start + length])
            path = (action.get("operation") or {}).get("path", "")
            parameters = " ".join(action["input"].get("properties") or {})
            yield action["name"], action["title"], action["description"], path, parameters


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=pathlib.Path, required=True)
    parser.add_argument("--catalog", type=pathlib.Path, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    given = parser.parse_args()
    model = Model(given.model)

    counts, texts = collections.Counter(), {}
    for name, title, description, path, parameters in actions(given.catalog):
        counts.update(set(words(" ".join((name, title, description[:2048], path, parameters)))))
        first = re.split(r"(?<=[.!?])\s|\n", description.strip())[0]
        for text in (title, name, first):
            texts[" ".join(words(text))[:140]] = None
    texts = [text for text in texts if len(text) > 6]
    random.Random(1).shuffle(texts)
    texts = texts[:TEXTS]

    # Words by how frequent they are in English come first in the vocabulary of the model.
    vocabulary = (given.model / "vocab.txt").read_text().split("\n")
    english = [w for w in vocabulary if w.isalpha() and w.isascii() and len(w) > 1 and w not in stop_words]
    rank = {word: at for at, word in enumerate(english)}
    known = sorted(set(english) | {w for w, n in counts.items() if n >= 8 and w.isascii() and not w.isdigit()})
    sums, weights = {}, collections.Counter()
    for word, vector in zip(known, model.encode(known)):
        stem = stemmer.stemWord(word)
        weight = 1 + counts[word] + (2000 / (1 + rank[word]) if word in rank else 0)
        sums[stem] = sums.get(stem, 0) + weight * vector
        weights[stem] += weight
    stems = list(sums)
    place = {stem: at for at, stem in enumerate(stems)}
    alone = np.stack([sums[stem] / weights[stem] for stem in stems])
    alone -= alone.mean(0)
    whole = model.encode(texts)
    whole -= whole.mean(0)

    # The directions in which texts and words differ most.
    both = np.vstack([whole, 0.5 * alone])
    _, axes = np.linalg.eigh(both.T @ both)
    axes = axes[:, ::-1][:, :DIMENSIONS]
    whole, alone = whole @ axes, alone @ axes

    # The sum of the stems of a text is to be the vector of the whole text: least squares, which start
    # with the words alone, frequent ones made small, and are held to that.
    bags = [[place[s] for s in {stemmer.stemWord(w) for w in text.split()} if s in place] for text in texts]
    frequent = collections.Counter(at for bag in bags for at in bag)
    rare = np.array([1e-2 / (1e-2 + frequent[at] / len(texts)) for at in range(len(stems))], np.float32)
    entries = [(row, at, len(bag) ** -0.5) for row, bag in enumerate(bags) for at in bag]
    rows, columns, values = zip(*entries)
    matrix = sp.csr_matrix((np.array(values, np.float32), (rows, columns)), shape=(len(texts), len(stems)))
    start = alone * rare[:, None]
    sums = matrix @ start
    start *= (sums * whole).sum() / (sums * sums).sum()
    rest = matrix.T @ (whole - matrix @ start)
    change, direction, size = np.zeros_like(rest), rest.copy(), (rest * rest).sum(0)
    for _ in range(60):
        image = matrix.T @ (matrix @ direction) + HOLD * direction
        step = size / ((direction * image).sum(0) + 1e-12)
        change += step * direction
        rest -= step * image
        before, size = size, (rest * rest).sum(0)
        direction = rest + size / (before + 1e-12) * direction
    vectors = start + change

    # Kept is what is frequent in English or in the catalog.
    usual = {stemmer.stemWord(word) for word in english[:16_000]}
    in_catalog = collections.Counter()
    for word, count in counts.items():
        in_catalog[stemmer.stemWord(word)] += count
    kept = [s for s in stems if (s in usual or in_catalog[s] >= 25) and s.isascii() and len(s) > 1]
    kept.sort()
    scale = 127 / np.percentile(np.abs(vectors), 99.9)
    numbers = np.clip(np.round(vectors * scale), -127, 127).astype(np.int8)
    names = [stem.encode() for stem in kept]
    ends = np.cumsum([0] + [len(name) for name in names]).astype("<u4")
    table = struct.pack("<I", len(kept)) + ends.tobytes() + b"".join(names)
    given.output.write_bytes(table + numbers[[place[stem] for stem in kept]].tobytes())
    print(len(kept), "stems")


if __name__ == "__main__":
    main()
