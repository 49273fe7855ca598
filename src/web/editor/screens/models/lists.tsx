import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { IconButton } from "../../kit/button.tsx";
import { Field } from "../../kit/fields.tsx";
import { Form } from "../../kit/form.tsx";
import { texts } from "../../texts/texts.ts";
import { ImportSeed } from "./import-seed.tsx";
import type { CatalogParts } from "./parts.ts";

/** Units and tags, and the import of seed files. */
export function Lists(props: CatalogParts) {
	const { app, catalog, load, mayMake } = props;
	const { models } = texts.value;
	const add = (path: string) => async (body: Readonly<Record<string, string | number>>) => {
		const answer = await app.ask("PUT", path, body);
		if (!answer.ok) return answer.reason;
		await load();
		return undefined;
	};
	const units = catalog.units.filter(({ unit_name }) => unit_name !== "None");
	const tags = catalog.tags.map(({ tag_id, tag_name, param_no }) => ({
		...{ id: tag_id, name: tag_name },
		about: models.values(param_no),
	}));
	return (
		<div class="models-lists">
			<section>
				<h2>{models.units}</h2>
				<SmallList
					{...props}
					path="api/v0/unit"
					entries={units.map(({ unit_id, unit_name }) => ({ id: unit_id, name: unit_name }))}
				/>
				{mayMake && (
					<AddEntry
						submit={(fields) => add("api/v0/unit")({ unit_name: String(fields.get("name")) })}
					>
						<Field
							label={models.unitName}
							name="name"
							required
							maxLength={200}
							autocomplete="off"
						/>
					</AddEntry>
				)}
			</section>
			<section>
				<h2>{models.tags}</h2>
				<p class="devices-faint">{models.tagsHint}</p>
				<SmallList {...props} path="api/v0/tag" entries={tags} />
				{mayMake && (
					<AddEntry
						submit={(fields) =>
							add("api/v0/tag")({
								tag_name: String(fields.get("name")),
								param_no: Number(fields.get("size") || 1),
							})
						}
					>
						<Field label={models.tagName} name="name" required maxLength={200} autocomplete="off" />
						<Field
							label={models.tagSize}
							name="size"
							type="number"
							min={1}
							max={1000}
							placeholder="1"
						/>
					</AddEntry>
				)}
			</section>
			{app.session.person.value.role === "admin" && <ImportSeed {...props} />}
		</div>
	);
}

interface AddEntryProps {
	readonly submit: (fields: FormData) => Promise<string | undefined>;
	readonly children: ComponentChildren;
}

/** A form that is empty again when it was accepted. */
function AddEntry({ submit, children }: AddEntryProps) {
	const [count, setCount] = useState(0);
	const send = async (fields: FormData) => {
		const reason = await submit(fields);
		if (reason === undefined) setCount(count + 1);
		return reason;
	};
	return (
		<Form key={count} submit={send} button={texts.value.models.add}>
			{children}
		</Form>
	);
}

interface Entry {
	readonly id: number;
	readonly name: string;
	readonly about?: string;
}

interface SmallListProps extends CatalogParts {
	readonly path: string;
	readonly entries: readonly Entry[];
}

function SmallList({ app, load, path, entries }: SmallListProps) {
	const { models } = texts.value;
	const isAdmin = app.session.person.value.role === "admin";
	const remove = async ({ id, name }: Entry) => {
		const answer = await app.ask("DELETE", `${path}/${id}`);
		if (!answer.ok) return app.notices.say(models.notDone(answer.reason), "bad");
		app.notices.say(models.deleted(name), "good");
		await load();
	};
	return (
		<ul class="models-entries">
			{entries.map((entry) => (
				<li key={entry.id} class="models-entry">
					<span>
						{entry.name}
						{entry.about !== undefined && <small class="devices-faint"> {entry.about}</small>}
					</span>
					{isAdmin && (
						<IconButton
							icon="trash"
							label={models.deleteThis(entry.name)}
							onClick={() => void remove(entry)}
						/>
					)}
				</li>
			))}
		</ul>
	);
}
