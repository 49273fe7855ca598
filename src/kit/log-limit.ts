/** Levels whose lines are limited. */
export type LimitedLevel = "info" | "warn" | "error";

export interface LineLimitOptions {
	/** Lines of a kind that are written within a window. */
	readonly lines: number;
	readonly windowMs: number;
}

/** Lines of one kind within a window that begins with the first of them. */
interface Kind {
	readonly level: LimitedLevel;
	readonly message: string;
	readonly timer: Timer;
	written: number;
	leftOut: number;
}

/**
 * Lets so many lines of a kind (level and message) through within a window, and says at its end how
 * many more there were: a client that can cause thousands of lines must not fill the disk.
 */
export class LineLimit {
	readonly #options: LineLimitOptions;
	readonly #onLeftOut: (level: LimitedLevel, message: string, times: number) => void;
	readonly #kinds = new Map<string, Kind>();

	/** @param onLeftOut Says how often a line came that was not written. */
	constructor(
		options: LineLimitOptions,
		onLeftOut: (level: LimitedLevel, message: string, times: number) => void,
	) {
		this.#options = options;
		this.#onLeftOut = onLeftOut;
	}

	/** Whether a line is written now; otherwise it is counted. */
	admits(level: LimitedLevel, message: string): boolean {
		const key = `${level} ${message}`;
		const kind = this.#kinds.get(key) ?? this.#begin(key, level, message);
		if (kind.written < this.#options.lines) {
			kind.written += 1;
			return true;
		}
		kind.leftOut += 1;
		return false;
	}

	/** Ends all windows: says what is still to be said. */
	flush(): void {
		for (const key of [...this.#kinds.keys()]) this.#end(key);
	}

	#begin(key: string, level: LimitedLevel, message: string): Kind {
		const timer = setTimeout(() => this.#end(key), this.#options.windowMs);
		// What was left out keeps no process alive.
		timer.unref();
		const kind = { level, message, timer, written: 0, leftOut: 0 };
		this.#kinds.set(key, kind);
		return kind;
	}

	#end(key: string): void {
		const kind = this.#kinds.get(key);
		if (kind === undefined) return;
		this.#kinds.delete(key);
		clearTimeout(kind.timer);
		if (kind.leftOut > 0) this.#onLeftOut(kind.level, kind.message, kind.leftOut);
	}
}
