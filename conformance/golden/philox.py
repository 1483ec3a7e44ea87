"""Philox 4x32-10 (Salmon et al., 2011) in numpy: the stream the TypeScript library draws from, bit for bit.

key     = [seed low, seed high]
counter = [block, step low, step high, FNV-1a-32 of the UTF-8 purpose]

Block b yields the 32-bit draws 4b .. 4b+3, in order.
"""

import numpy as np

LOW = 0xFFFFFFFF
CHUNK = 1 << 15  # blocks at a time: the working arrays stay in cache


def rounds(counter, key):
    """The ten rounds; a counter word is a scalar or an array, held in 64 bits so that a product fits."""
    c0, c1, c2, c3 = (np.asarray(word, dtype=np.uint64) for word in counter)
    k0, k1 = key
    half, low = np.uint64(32), np.uint64(LOW)
    for _ in range(10):
        p0, p1 = c0 * np.uint64(0xD2511F53), c2 * np.uint64(0xCD9E8D57)
        c0, c1, c2, c3 = (p1 >> half) ^ c1 ^ np.uint64(k0), p1 & low, (p0 >> half) ^ c3 ^ np.uint64(k1), p0 & low
        k0, k1 = (k0 + 0x9E3779B9) & LOW, (k1 + 0xBB67AE85) & LOW
    return c0, c1, c2, c3


def fnv1a(text):
    value = 0x811C9DC5
    for byte in text.encode("utf-8"):
        value = ((value ^ byte) * 0x01000193) & LOW
    return value


def words(seed, purpose, count, step=0):
    """The first `count` 32-bit draws."""
    key = (seed & LOW, seed >> 32)
    blocks = -(-count // 4)
    out = np.empty((blocks, 4), dtype=np.uint32)
    for start in range(0, blocks, CHUNK):
        stop = min(start + CHUNK, blocks)
        counter = (np.arange(start, stop), step & LOW, step >> 32, fnv1a(purpose))
        for lane, word in enumerate(rounds(counter, key)):
            out[start:stop, lane] = word
    return out.reshape(-1)[:count]


def uniform(seed, purpose, shape, step=0):
    """Float64 in [0, 1): the top 24 bits of each draw, so every value is exact in float32 too."""
    return ((words(seed, purpose, int(np.prod(shape)), step) >> 8) * 2.0**-24).reshape(shape)


def symmetric(seed, purpose, shape, bound=1.0, step=0):
    """Float32 in [-bound, bound), the product formed in float64 and rounded once."""
    return ((2 * uniform(seed, purpose, shape, step) - 1) * bound).astype(np.float32)


# Random123's known answers: counter, key, result.
KNOWN_ANSWERS = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]


def check():
    for counter, key, expected in KNOWN_ANSWERS:
        actual = rounds(*([int(word, 16) for word in group.split()] for group in (counter, key)))
        assert " ".join(f"{int(word):08x}" for word in actual) == expected, f"Philox is wrong at counter {counter}"


if __name__ == "__main__":
    check()
    print("Philox 4x32-10 gives Random123's known answers")
