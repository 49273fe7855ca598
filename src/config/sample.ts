import { accepts, defaultText, type Field, sections } from "./fields.ts";

const HEAD = `# Configuration of iotctl. Use it with: iotctl -c this-file start csm
# Every line that starts with "#" shows a default: remove the "#" to change it.
# \${section:key} stands for another key's value, \${key} for one of the same section.
`;

/** The sample ini that `genconf` writes: every key with its meaning, what it accepts and its default. */
export function renderSampleIni(): string {
	const parts = sections()
		.map(({ name, description, fields }) => ({
			name,
			description,
			fields: fields.filter((field) => !field.hidden),
		}))
		.filter(({ fields }) => fields.length > 0)
		.map(
			({ name, description, fields }) =>
				`# ${description}\n[${name}]\n${fields.map(renderField).join("\n")}`,
		);
	return `${HEAD}\n${parts.join("\n")}`;
}

function renderField(field: Field): string {
	const line =
		field.sample === undefined
			? `#${field.key} = ${defaultText(field)}`.trimEnd()
			: `# Default: ${defaultText(field)}\n${field.key} = ${field.sample}`;
	return `# ${field.description}\n# Accepts ${accepts(field)}.\n${line}\n`;
}
