/** A text as a literal of SQL. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name of a column, table or view, as it stands. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A number as a DOUBLE, to the last bit: a bare literal such as 0.1 would be a DECIMAL. */
export function sqlDouble(number: number): string {
  return `'${number}'::DOUBLE`;
}
