/** Highest MIDI note; larger numbers are hertz. */
const MAX_NOTE = 127;
const MAX_HERTZ = 12_000;

/** The frequency of a tone, hertz; undefined: silence. @param value 1 to 127: a MIDI note; above: hertz. */
export function hertzOf(value: number): number | undefined {
	if (!Number.isFinite(value) || value <= 0) return undefined;
	if (value > MAX_NOTE) return Math.min(value, MAX_HERTZ);
	return 440 * 2 ** ((value - 69) / 12);
}

/** Loudness, 0 to 1. @param value 0 to 1, or percent. */
export function loudnessOf(value: number): number {
	const share = value > 1 ? value / 100 : value;
	return Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 1;
}
