/** Changes of a partition that were decided and have not ended. */
export class ChangesInFlight {
	#count = 0;
	#over = Promise.withResolvers<void>();

	/** @returns what ends it. */
	begin(): () => void {
		this.#count += 1;
		let isEnded = false;
		return () => {
			if (isEnded) return;
			isEnded = true;
			this.#count -= 1;
			if (this.#count > 0) return;
			this.#over.resolve();
			this.#over = Promise.withResolvers<void>();
		};
	}

	/** Resolves when there is none. */
	async over(): Promise<void> {
		if (this.#count > 0) await this.#over.promise;
	}
}
