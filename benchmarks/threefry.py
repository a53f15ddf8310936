"""Seeded random numbers equal to lib/tensor/random.ts bit for bit, drawn whole arrays at a time.

Threefry-2x32 with 20 rounds (Salmon et al., SC 2011). A key is a pair of 32-bit words.
"""

import numpy as np

ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
PARITY = 0x1BD11BDA


def threefry(key, x, y):
    """Encrypts counters (x, y), each an array of 32-bit words, under `key`."""
    words = [np.uint32(word) for word in (key[0], key[1], PARITY ^ key[0] ^ key[1])]
    x, y = np.uint32(x) + words[0], np.uint32(y) + words[1]
    for block in range(5):
        for r in ROTATIONS[block % 2]:
            x = x + y
            y = (y << np.uint32(r) | y >> np.uint32(32 - r)) ^ x
        x = x + words[(block + 1) % 3]
        y = y + words[(block + 2) % 3] + np.uint32(block + 1)
    return x, y


def encrypt(key, x, y):
    """One counter under `key`, as a new key."""
    first, second = threefry(key, np.array([x]), np.array([y]))
    return int(first[0]), int(second[0])


def key(seed):
    """The key of an integer from 0 to 2^53 - 1."""
    return encrypt((seed % 2**32, seed // 2**32), 0, 0)


def fold(parent, *parts):
    """A new key for each number or name in turn."""
    for part in parts:
        parent = encrypt(parent, fnv1a(part) if isinstance(part, str) else part, 1)
    return parent


def fnv1a(text):
    """The 32-bit FNV-1a hash."""
    value = 0x811C9DC5
    for byte in text.encode():
        value = (value ^ byte) * 0x01000193 % 2**32
    return value


def uniforms(key, *shape):
    """Numbers in [0, 1), float64."""
    size = int(np.prod(shape))
    counters = np.arange((size + 1) // 2)
    pairs = np.stack(threefry(key, counters, np.zeros_like(counters)), axis=1)
    return pairs.reshape(-1)[:size].reshape(shape) / 2.0**32


def keep_mask(key, rate, *shape):
    """A dropout mask: 0 with probability `rate`, resolved to 2^-16, else 1 / (1 - rate)."""
    size = int(np.prod(shape))
    counters = 4 * np.arange((size + 3) // 4)
    x, y = threefry(key, counters, np.ones_like(counters))
    halves = np.stack([x & 0xFFFF, x >> 16, y & 0xFFFF, y >> 16], axis=1).reshape(-1)[:size]
    kept = halves >= round(rate * 2**16)
    return (kept / (1 - rate)).astype(np.float32).reshape(shape)


def check():
    """Raises unless the generator gives the known answers of its authors' test vectors."""
    ones = 0xFFFFFFFF
    known = [
        ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
        ((ones, ones), (ones, ones), (0x1CB996FC, 0xBB002BE7)),
        ((0x13198A2E, 0x03707344), (0x243F6A88, 0x85A308D3), (0xC4923A9C, 0x483DF7A0)),
    ]
    for under, counter, wanted in known:
        got = encrypt(under, *counter)
        if got != wanted:
            raise ArithmeticError(f"Cannot encrypt {counter}: expected {wanted}, got {got}")
