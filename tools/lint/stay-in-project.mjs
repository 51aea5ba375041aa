import { dirname, resolve, sep } from 'node:path';

/**
 * ESLint rule: a relative import stays in its project. Patterns cannot tell: how many `../` leave a project depends on
 * where the file stands. Option: `{ project }`, the absolute path of the project's folder.
 */
export const stayInProject = {
  meta: {
    type: 'problem',
    schema: [{ type: 'object', properties: { project: { type: 'string' } }, required: ['project'] }],
    messages: {
      leaves: '"{{source}}" leaves the project: go to another one only by the name of a lib, @closewatch/...',
    },
  },
  create(context) {
    const { project } = context.options[0];
    const check = (node, source) => {
      if (typeof source !== 'string' || !/^\.{0,2}\//.test(source)) return;
      const target = resolve(dirname(context.filename), source);
      if (target !== project && !target.startsWith(project + sep)) {
        context.report({ node, messageId: 'leaves', data: { source } });
      }
    };
    const checkSource = (node) => check(node, node.source?.value);
    return {
      ImportDeclaration: checkSource,
      ExportAllDeclaration: checkSource,
      ExportNamedDeclaration: checkSource,
      ImportExpression: checkSource,
      'TSImportType Literal': (node) => check(node, node.value),
    };
  },
};
