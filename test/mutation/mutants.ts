/** Places in a source file where one small change makes another program. */
import ts from "typescript";

/** `12:3-12:9`: first and last line and column, lines from 1, as Stryker takes them. */
export function mutantsIn(name: string, text: string): string[] {
	const source = ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true);
	const places: string[] = [];
	const placeOf = (position: number): string => {
		const { line, character } = source.getLineAndCharacterOfPosition(position);
		return `${line + 1}:${character}`;
	};
	const visit = (node: ts.Node): void => {
		if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isInterfaceDeclaration(node)) return;
		if (isMutable(node)) places.push(`${placeOf(node.getStart())}-${placeOf(node.end)}`);
		ts.forEachChild(node, visit);
	};
	visit(source);
	return places;
}

const OPERATORS: ReadonlySet<ts.SyntaxKind> = new Set([
	ts.SyntaxKind.PlusToken,
	ts.SyntaxKind.MinusToken,
	ts.SyntaxKind.AsteriskToken,
	ts.SyntaxKind.SlashToken,
	ts.SyntaxKind.LessThanToken,
	ts.SyntaxKind.LessThanEqualsToken,
	ts.SyntaxKind.GreaterThanToken,
	ts.SyntaxKind.GreaterThanEqualsToken,
	ts.SyntaxKind.EqualsEqualsEqualsToken,
	ts.SyntaxKind.ExclamationEqualsEqualsToken,
	ts.SyntaxKind.AmpersandAmpersandToken,
	ts.SyntaxKind.BarBarToken,
	ts.SyntaxKind.QuestionQuestionToken,
]);

/** A leaf of what Stryker changes: it takes all mutants inside of a place, so that larger ones would bring many. */
function isMutable(node: ts.Node): boolean {
	if (ts.isBinaryExpression(node))
		return OPERATORS.has(node.operatorToken.kind) && [node.left, node.right].every((side) => !ts.isBinaryExpression(side));
	if (ts.isPrefixUnaryExpression(node)) return node.operator === ts.SyntaxKind.ExclamationToken;
	return node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword;
}
