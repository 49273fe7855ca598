/** What the older protocol wants to know of projects; the project manager answers, where it runs in the same process. */
export interface ProjectFacts {
	/** Features of a model by their direction; undefined: there is no such model. */
	featuresOf(model: string): Promise<ModelFeatures | undefined>;
	/** What people call a feature of a device in the project it is bound in; undefined: it is in none. */
	aliasOf(daId: string, feature: string): Promise<string | undefined>;
}

export interface ModelFeatures {
	readonly inputs: readonly string[];
	readonly outputs: readonly string[];
}
