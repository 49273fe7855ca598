import { accepts, defaultText, type Field, type SectionFields } from "./fields.ts";

const HEAD = `# Configuration of iotctl. Use it with: iotctl -c this-file start
# Every line that starts with "#" shows a default: remove the "#" to change it.
# What says "reload" changes while the server runs: iotctl reload, or systemctl reload iotctl.
# \${section:key} stands for another key's value, \${key} for one of the same section.
`;

/** See `IniFormat.sample`. */
export function renderSampleIni(
	sections: readonly SectionFields[],
	values: Readonly<Record<string, string | undefined>>,
): string {
	const parts = sections
		.map(({ name, description, fields }) => ({
			name,
			description,
			fields: fields.filter((field) => !field.hidden),
		}))
		.filter(({ fields }) => fields.length > 0)
		.map(
			({ name, description, fields }) =>
				`# ${description}\n[${name}]\n${fields
					.map((field) => {
						const name = `${field.section}.${field.key}`;
						return renderField(field, name in values ? values[name] : field.sample);
					})
					.join("\n")}`,
		);
	return `${HEAD}\n${parts.join("\n")}`;
}

function renderField(field: Field, value: string | undefined): string {
	const line =
		value === undefined
			? `#${field.key} = ${defaultText(field)}`.trimEnd()
			: `# Default: ${defaultText(field)}\n${field.key} = ${value}`;
	const reload = field.reloadable ? " Reload." : "";
	return `# ${field.description}\n# Accepted: ${accepts(field)}.${reload}\n${line}\n`;
}
