import { useCallback, useEffect, useState } from "preact/hooks";
import type { App } from "../../app-context.ts";
import type { CatalogView } from "./catalog-view.ts";

export interface LoadedCatalog {
	/** Undefined: not here yet. What was loaded last stays when loading it again fails. */
	readonly catalog: CatalogView | undefined;
	/** Why it could not be loaded. */
	readonly reason: string | undefined;
	/** Loads it again; resolves when it is there. */
	load(): Promise<void>;
}

/** The models and features of the server. */
export function useCatalog({ ask }: Pick<App, "ask">): LoadedCatalog {
	const [catalog, setCatalog] = useState<CatalogView>();
	const [reason, setReason] = useState<string>();
	const load = useCallback(async () => {
		setReason(undefined);
		const answer = await ask<CatalogView>("GET", "api/v1/catalog");
		if (answer.ok) setCatalog(answer.body);
		else setReason(answer.reason);
	}, [ask]);
	useEffect(() => void load(), [load]);
	return { catalog, reason, load };
}
