import { useId, useState } from "preact/hooks";
import { texts } from "../../texts/texts.ts";
import type { CatalogParts } from "./parts.ts";

/** The answer of `POST /api/v1/catalog/import`. */
interface ImportedView {
	readonly functions: number;
	readonly features: number;
	readonly models: number;
	/** Names that existed. */
	readonly skipped: readonly string[];
}

type Outcome =
	| { readonly kind: "done"; readonly imported: ImportedView }
	| { readonly kind: "refused"; readonly reason: string; readonly missing: readonly string[] };

const MAX_BYTES = 10 * 1024 * 1024;

/** Takes a seed file (`ccm-gui.md §9`): all of it, or nothing. */
export function ImportSeed({ app, load }: CatalogParts) {
	const { models } = texts.value;
	const id = useId();
	const [outcome, setOutcome] = useState<Outcome>();
	const [isBusy, setIsBusy] = useState(false);
	const refuse = (reason: string, missing: readonly string[] = []) =>
		setOutcome({ kind: "refused", reason, missing });
	const take = async (file: File) => {
		setOutcome(undefined);
		if (file.size > MAX_BYTES) return refuse(models.tooLong(file.name));
		let seed: unknown;
		try {
			seed = JSON.parse(await file.text());
		} catch {
			return refuse(models.notJson(file.name));
		}
		setIsBusy(true);
		const answer = await app.ask<ImportedView>("POST", "api/v1/catalog/import", seed);
		setIsBusy(false);
		if (!answer.ok) return refuse(answer.reason, missingOf(answer.details));
		setOutcome({ kind: "done", imported: answer.body });
		await load();
	};
	return (
		<section>
			<h2>{models.importTitle}</h2>
			<p class="devices-faint">{models.importHint}</p>
			<div class="kit-field">
				<label for={id}>{models.importFile}</label>
				<input
					id={id}
					type="file"
					accept=".json,application/json"
					disabled={isBusy}
					onChange={({ currentTarget }) => {
						const [file] = currentTarget.files ?? [];
						// The same file can be chosen again, when it was mended.
						if (file !== undefined) void take(file).then(() => (currentTarget.value = ""));
					}}
				/>
			</div>
			<div role="status">{outcome !== undefined && <Result outcome={outcome} />}</div>
		</section>
	);
}

function missingOf({ missing }: Readonly<Record<string, unknown>>): readonly string[] {
	return Array.isArray(missing) ? missing.map(String) : [];
}

function Result({ outcome }: { readonly outcome: Outcome }) {
	const { models } = texts.value;
	if (outcome.kind === "refused") {
		return (
			<>
				<p class="kit-error">{models.notDone(outcome.reason)}</p>
				{outcome.missing.length > 0 && (
					<>
						<p>{models.missing}</p>
						<Names names={outcome.missing} />
					</>
				)}
			</>
		);
	}
	const { imported } = outcome;
	return (
		<>
			<p>{models.imported(imported.models, imported.features, imported.functions)}</p>
			{imported.skipped.length > 0 && (
				<details>
					<summary>{models.skipped(imported.skipped.length)}</summary>
					<Names names={imported.skipped} />
				</details>
			)}
		</>
	);
}

function Names({ names }: { readonly names: readonly string[] }) {
	return (
		<ul class="models-names">
			{names.map((name) => (
				<li key={name}>{name}</li>
			))}
		</ul>
	);
}
