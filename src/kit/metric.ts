interface Named {
	/** As Prometheus has it, such as `iotctl_graphs`; counters end in `_total`. */
	readonly name: string;
	readonly help: string;
}

/** What a histogram has counted. */
export interface HistogramCounts {
	/** Upper bounds of the buckets; the last bucket has none. */
	readonly bounds: readonly number[];
	/** Observations in each bucket alone. */
	readonly counts: readonly number[];
	/** Of all observations. */
	readonly sum: number;
}

/** A number a module shows to operators. It is read when it is asked for, so that counting costs nothing more. */
export type Metric =
	| (Named & {
			readonly kind: "gauge" | "counter";
			/** Null: not known. */
			read(): number | null;
	  })
	| (Named & {
			readonly kind: "gauge" | "counter";
			readonly label: string;
			/** A number for each value of the label. */
			readEach(): Iterable<readonly [string, number]>;
	  })
	| (Named & {
			readonly kind: "gauge" | "counter";
			readonly labels: readonly string[];
			/** A number for each combination of their values. */
			readAll(): Iterable<readonly [values: readonly string[], number]>;
	  })
	| (Named & { readonly kind: "histogram"; readCounts(): HistogramCounts });
