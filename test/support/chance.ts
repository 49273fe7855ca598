/** Decides what is random in tests; `npm test` gives them the seed it prints, which repeats a run. */
export const SEED = Number(process.env.IOTCTL_SEED ?? Date.now() % 1_000_000);

/** A reproducible source of chance (mulberry32): numbers from 0 up to 1. */
export function chance(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}
