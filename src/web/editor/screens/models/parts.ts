import type { App } from "../../app-context.ts";
import type { CatalogView } from "./catalog-view.ts";

/** What the parts of this screen share. */
export interface CatalogParts {
	readonly app: App;
	readonly catalog: CatalogView;
	/** Loads the catalog again; resolves when it is there. */
	readonly load: () => Promise<void>;
	/** Whether the reader may make something new. */
	readonly mayMake: boolean;
}
