/** What the page does beyond its forms: rows that are asked about, dropping files, and results in place. Plain JavaScript for browsers. */
export const SCRIPT = `
const short = (value) => String(Number(value.toPrecision(3)));
/** What an answer says besides its pictures: how they were converted, and what was found in each. */
const factsOf = (verb, answer, files) => {
  const facts = [...(answer.notes || [])];
  const name = (i) => (files[i] ? files[i].name : 'picture ' + (i + 1));
  if (verb === 'anomaly') {
    answer.scores.forEach((score, i) => {
      const verdict = answer.flagged[i] ? ['unusual', ' is above '] : ['like the training images', ' is not above '];
      facts.push(name(i) + ': ' + verdict[0] + ', score ' + short(score) + verdict[1] + 'the threshold ' + short(answer.threshold));
    });
    if (answer.note) facts.push(answer.note);
  }
  if (verb === 'neighbours') {
    answer.neighbours.forEach((found, i) => {
      const each = found.map((one) => (one.class === null ? '' : 'class ' + one.class + ', ') + 'distance ' + short(one.distance));
      facts.push(name(i) + ': ' + each.join('; '));
    });
  }
  return facts;
};
const figureOf = (address, alt, words) => {
  const figure = document.createElement('figure');
  const image = document.createElement('img');
  image.src = address;
  image.alt = alt;
  const caption = document.createElement('figcaption');
  caption.textContent = words;
  figure.append(image, caption);
  return figure;
};
/** A table with a title. */
const tableOf = (title, head, rows) => {
  const table = document.createElement('table');
  table.createCaption().textContent = title;
  const line = (parent, cells, kind) => {
    const row = parent.insertRow();
    for (const cell of cells) {
      const shown = document.createElement(kind);
      shown.textContent = cell === null ? '(missing)' : typeof cell === 'number' ? String(Number(cell.toPrecision(6))) : cell;
      row.append(shown);
    }
  };
  line(table.createTHead(), head, 'th');
  const body = table.createTBody();
  for (const cells of rows) line(body, cells, 'td');
  return table;
};
const rowTables = {
  anomaly: (answer) => tableOf(
    (answer.flagged[0] ? 'Unusual: the score ' + short(answer.scores[0]) + ' is above' : 'Like the training rows: the score ' + short(answer.scores[0]) + ' is not above') + ' the threshold ' + short(answer.threshold),
    ['column', 'value', 'expected', 'share of the score'],
    answer.contributions[0].map((one) => [one.column, one.value, one.expected, (100 * one.share).toFixed(1) + ' %']),
  ),
  reconstruct: (answer, row) => tableOf('Reconstruction', ['column', 'value', 'reconstruction'],
    Object.entries(answer.rows[0]).map(([name, value]) => [name, row[name] === undefined ? null : row[name], value])),
  encode: (answer) => tableOf('Code', answer.codes.data[0].map((_, i) => 'z' + (i + 1)), answer.codes.data),
};
for (const form of document.querySelectorAll('form.row')) {
  const said = form.querySelector('.said');
  const results = form.querySelector('.results');
  const rowOf = () => {
    const text = form.querySelector('textarea');
    if (text !== null) return JSON.parse(text.value);
    const value = (input) => (input.value === '' ? null : input.type === 'number' ? Number(input.value) : input.value);
    return Object.fromEntries([...form.querySelectorAll('.fields input')].map((input) => [input.name, value(input)]));
  };
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const verb = (event.submitter || form.querySelector('button')).value;
    let row;
    try {
      row = rowOf();
    } catch {
      said.textContent = 'The row must be JSON.';
      return;
    }
    said.textContent = verb + ' …';
    try {
      const response = await fetch(form.dataset.base + '/' + verb, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(verb === 'anomaly' ? { rows: [row], top: 100 } : { rows: [row] }),
      });
      const answer = await response.json();
      if (!response.ok) {
        said.textContent = answer.title + ': ' + answer.detail;
        return;
      }
      said.textContent = [...(answer.notes || []), ...(answer.note ? [answer.note] : [])].join('; ');
      const result = document.createElement('div');
      result.className = 'result';
      result.append(rowTables[verb](answer, row));
      results.replaceChildren(result);
    } catch {
      said.textContent = 'The service did not answer.';
    }
  });
}
/** So many inputs are shown next to their results. */
const MOST_INPUTS = 12;
for (const form of document.querySelectorAll('form.drop')) {
  const input = form.querySelector('input[type=file]');
  const said = form.querySelector('.said');
  const results = form.querySelector('.results');
  const ask = async (action, verb) => {
    said.textContent = verb + ' …';
    const body = new FormData(form);
    const files = [...input.files];
    try {
      const response = await fetch(action, { method: 'POST', body });
      if (!response.ok) {
        const problem = await response.json();
        said.textContent = problem.title + ': ' + problem.detail;
        return;
      }
      said.textContent = '';
      const result = document.createElement('div');
      result.className = 'result';
      // The sheets of the other verbs begin with the input.
      if (verb === 'reconstruct' || verb === 'denoise') {
        for (const file of files.slice(0, MOST_INPUTS)) {
          const shown = figureOf(URL.createObjectURL(file), 'input ' + file.name, 'input');
          shown.className = 'input';
          result.append(shown);
        }
      }
      result.append(figureOf(URL.createObjectURL(await response.blob()), verb + ' of ' + files.length + ' pictures', verb));
      results.prepend(result);
      const asked = new URL(action);
      asked.search = '?format=json&encoding=base64';
      const told = await fetch(asked, { method: 'POST', body });
      if (!told.ok) return;
      const list = document.createElement('ul');
      for (const fact of factsOf(verb, await told.json(), files)) {
        list.append(Object.assign(document.createElement('li'), { textContent: fact }));
      }
      if (list.children.length > 0) result.append(list);
    } catch {
      said.textContent = 'The service did not answer.';
    }
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const button = event.submitter || form.querySelector('button');
    ask(button.formAction, button.textContent);
  });
  form.addEventListener('dragover', (event) => {
    event.preventDefault();
    form.classList.add('over');
  });
  form.addEventListener('dragleave', () => form.classList.remove('over'));
  form.addEventListener('drop', (event) => {
    event.preventDefault();
    form.classList.remove('over');
    if (event.dataTransfer.files.length === 0) return;
    input.files = event.dataTransfer.files;
    form.requestSubmit(form.querySelector('button'));
  });
}
`;
