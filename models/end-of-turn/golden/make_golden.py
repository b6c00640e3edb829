"""Writes the golden values beside it: log-mel features computed by numpy alone, sharing no code with ours.

python3 models/end-of-turn/golden/make_golden.py
"""

import pathlib

import numpy as np

RATE, SECONDS, WINDOW, HOP, BANDS = 16000, 8, 400, 160, 80
FRAMES = range(0, 800, 40)


def signals():
    """The same formulas as in log-mel.test.ts."""
    t = np.arange(RATE * SECONDS) / RATE
    chirp = 0.5 * np.sin(2 * np.pi * (60 * t + 450 * t * t))
    short = 0.3 * np.sin(2 * np.pi * 220 * t[:16000]) * np.exp(-3 * t[:16000]) + 0.01
    t = np.arange(RATE * 10) / RATE
    long = 0.2 * np.sin(2 * np.pi * 150 * t) + 0.05 * np.sin(2 * np.pi * 3100 * t) * (t > 6)
    return {"chirp": chirp, "short": short, "long": long, "silence": np.zeros(RATE)}


def triangle_matrix():
    """Slaney's filters: corners evenly spaced in mel, triangles of area one."""
    top = 15 + 27 * np.log(8) / np.log(6.4)
    mel = np.linspace(0, top, BANDS + 2)
    corners = np.where(mel < 15, mel * 200 / 3, 1000 * 6.4 ** ((mel - 15) / 27))
    bins = np.linspace(0, RATE / 2, WINDOW // 2 + 1)
    rows = []
    for low, centre, high in zip(corners, corners[1:], corners[2:]):
        rows.append(np.interp(bins, [low, centre, high], [0, 1, 0]) / ((high - low) / 2))
    return np.array(rows)


def log_mel(audio):
    x = np.zeros(RATE * SECONDS)
    kept = audio.astype(np.float32).astype(np.float64)[-len(x) :]
    x[len(x) - len(kept) :] = kept
    x = (x - np.mean(x)) / np.sqrt(np.var(x) + 1e-7)
    x = np.concatenate([x[WINDOW // 2 : 0 : -1], x, x[-2 : -WINDOW // 2 - 2 : -1]])
    hann = np.sin(np.pi * np.arange(WINDOW) / WINDOW) ** 2
    powers = [np.abs(np.fft.rfft(x[i * HOP : i * HOP + WINDOW] * hann)) ** 2 for i in range(800)]
    log = np.log10(np.maximum(triangle_matrix() @ np.array(powers).T, 1e-10))
    return (np.maximum(log, log.max() - 8) + 4) / 4


for name, audio in signals().items():
    values = log_mel(audio)[:, list(FRAMES)].astype("<f4")
    pathlib.Path(__file__).with_name(f"{name}.f32").write_bytes(values.tobytes())
