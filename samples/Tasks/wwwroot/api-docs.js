const api = await (await fetch('/api-docs/openapi.json')).json();
const $ = id => document.getElementById(id);

function element(name, text, ...children) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

/** The name of a schema, or what it is made of. */
function type(schema) {
  if (!schema) return '';
  if (schema.$ref) return schema.$ref.split('/').pop();
  if (schema.type === 'array') return `${type(schema.items)}[]`;
  return [schema.type].flat().filter(one => one !== 'null').join(' or ');
}

function operation(method, path, { parameters = [], requestBody, responses }) {
  const body = requestBody?.content['application/json']?.schema;
  const list = element('dl');
  for (const parameter of parameters)
    list.append(element('dt', `${parameter.in} ${parameter.name}`),
      element('dd', type(parameter.schema)));
  if (body) list.append(element('dt', 'body'), element('dd', type(body)));
  for (const [status, { description, content }] of Object.entries(responses))
    list.append(element('dt', `${status} ${description}`),
      element('dd', type(content?.['application/json']?.schema)));
  const title = element('h2', `${method.toUpperCase()} ${path}`);
  title.style.fontFamily = 'ui-monospace, monospace';
  return element('section', '', title, list);
}

function schema(name, { properties = {} }) {
  const list = element('dl');
  for (const [property, of] of Object.entries(properties))
    list.append(element('dt', property), element('dd', type(of)));
  return element('section', '', element('h2', name), list);
}

$('about').textContent = api.info.description;
for (const [path, methods] of Object.entries(api.paths))
  for (const [method, what] of Object.entries(methods))
    $('paths').append(operation(method, path, what));
for (const [name, what] of Object.entries(api.components?.schemas ?? {}))
  $('paths').append(schema(name, what));
