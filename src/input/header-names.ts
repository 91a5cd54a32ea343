/**
 * What other programs call the columns of a person, as one table. Marketo's names stand with its mapping (marketo-columns.ts); these are
 * those of the other programs that people export from, and the plain words of eight languages.
 *
 * Where the English names stand: Dynamics 365 "Export to an Excel static worksheet" and the display names of the lead and contact tables
 * (Dataverse table reference) · Salesforce "Lead Fields", "Contact Fields" and the object reference (API names of Data Loader) · HubSpot
 * "HubSpot's default contact properties" · Mailchimp "View or export contacts" · Eventbrite "Attendee Summary" and "Order" reports · Zoom
 * "Webinar reporting" and "Meeting reports" · GoTo Webinar "Attendee Report" · Microsoft Teams "Manage meeting attendance reports" · Google
 * Contacts' and Outlook's CSV. The other languages: the words that forms and exports in them use; no vendor lists its translations.
 */
import type { PersonType } from '../events.ts';

/** Column names compare by letters and digits only, without case, width and accents. */
export function headerKey(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replace(/[^\p{L}\p{N}]/gu, '');
}

/** A column of ids; without a type either table may hold them. */
export const ID_COLUMNS: ReadonlyMap<string, PersonType | undefined> = new Map<string, PersonType | undefined>([
  ['id', undefined],
  ['leadid', 'lead'],
  ['contactid', 'contact'],
]);

/**
 * `(Do Not Modify) Lead` and its like: Dynamics' export begins with three columns that its import needs, the first of them the id. The words
 * in brackets are translated, and so is the name of the table: any two words count, and any in another script; `(Primary) Contact` is a name.
 */
export const MARKED_COLUMN =
  /^\s*\((?<mark>\p{Script=Latin}+(?:\s+\p{Script=Latin}+)+|[^()\p{Script=Latin}]{2,20})\)\s*(?<name>\S.*)$/su;

const words = (list: string): readonly string[] => list.split(',').map((word) => word.trim());

const keysOf = (list: string): readonly string[] => words(list).map(headerKey);

/** Names of the two tables, as written after the brackets. */
export const TABLE_NAMES: ReadonlyMap<string, PersonType> = new Map<string, PersonType>([
  ...keysOf('Lead, Interessent, Prospect, Cliente potencial, Potentiële klant, 潜在顧客').map(
    (key) => [key, 'lead'] as const,
  ),
  ...keysOf('Contact, Kontakt, Contacto, Contatto, Contactpersoon, Contato, 取引先担当者').map(
    (key) => [key, 'contact'] as const,
  ),
]);

/**
 * Names by column of the lead table, separated by commas. Of several texts the first that has a column in the input wins: an attendee's
 * address before the buyer's.
 */
const NAMES: Readonly<Record<string, string | readonly string[]>> = {
  emailaddress1: [
    `
      E-Mail, Mail, Email Addresses, Mail address, Email ID, Subscriber email,
      E-Mail-Adresse, Emailadresse, Mailadresse, E-Mail-Adressen, Elektronische Adresse,
      Adresse e-mail, Adresse email, Courriel, Adresse courriel, Adresse mail, Adresse électronique,
      Adresse de messagerie, Adresse de courriel, Courrier électronique, Mél,
      Correo electrónico, Correo, Dirección de correo electrónico, Dirección de e-mail, Dirección de email,
      Dirección de correo, Direccion electrónica,
      Indirizzo e-mail, Indirizzo email, Posta elettronica, Indirizzo di posta elettronica, Indirizzo mail,
      E-mailadres, E-mail adres, Mailadres, Elektronische post,
      Endereço de e-mail, Endereço de email, Endereço eletrônico, Correio eletrônico, Correio eletrónico,
      Endereço de correio eletrónico, Endereço de correio eletrônico,
      メールアドレス, メール, 電子メール, 電子メール アドレス, Eメール, Eメールアドレス, E-mailアドレス,
      E-postadress, E-post, E-postadresse, E-mailadresse, Mailadresse, Sähköposti, Sähköpostiosoite, Adres e-mail,
      Adres email, E-mailová adresa, 电子邮件, 电子邮件地址, 電子郵件, 邮箱, 이메일, 이메일 주소`,
    `
      Primary Email, Primary Email Address, Work Email, Work Email Address, Business Email, Email Work,
      Attendee Email, Attendee Email Address, Registrant Email, Participant Email, Invitee Email, Contact Email,
      Lead Email, Person Email, Guest Email, User Email, Customer Email, Your Email, Member Email, Respondent Email,
      Recipient Email, Email of attendee, Business Email Address,
      E-mail 1 - Value, E-mail 1, Email 1, E-mail Address 1, E-mail 1 Address, Primäre E-Mail-Adresse,
      E-Mail (geschäftlich), Geschäftliche E-Mail, E-Mail geschäftlich, E-Mail 1, Teilnehmer-E-Mail,
      E-Mail des Teilnehmers, E-Mail-Adresse des Teilnehmers, E-Mail des Käufers, E-mail du participant,
      Adresse e-mail du participant, E-mail professionnel, E-mail principal, Correo electrónico del asistente,
      Correo electrónico del participante, Correo electrónico principal, Correo electrónico del trabajo,
      E-mail del partecipante, E-mail di lavoro, E-mail principale, E-mailadres deelnemer, E-mailadres van deelnemer,
      Zakelijk e-mailadres, E-mail do participante, E-mail principal, E-mail comercial, E-mail profissional,
      参加者のメールアドレス, 勤務先メールアドレス`,
    'Buyer Email, Buyer Email Address, Purchaser Email, Personal Email, Private Email, Secondary Email',
  ],
  firstname: [
    `
      Forename, Given Name, Firstname, First, FNAME, Vorname, Rufname, Prénom, Prénoms, Nombre de pila, Primer nombre,
      Voornaam, Roepnaam, Primeiro nome, Nome próprio, Nome di battesimo, Förnamn, Fornavn, Etunimi, Imię, 名, 名前（名）,
      名 (カナ除く), First Name（名）, 名字（名）`,
    `
      Attendee First Name, Registrant First Name, Contact First Name, Lead First Name, Person First Name,
      Vorname des Teilnehmers, Prénom du participant, Nombre del asistente, Nome del partecipante, Voornaam deelnemer,
      Nome do participante`,
    'Buyer First Name, Purchaser First Name',
  ],
  lastname: [
    `
      Surname, Family Name, Lastname, Last, LNAME, Nachname, Familienname, Zuname, Nom de famille, Patronyme,
      Apellido, Apellidos, Primer apellido, Cognome, Achternaam, Familienaam, Sobrenome, Apelido, Último nome,
      Efternamn, Etternavn, Efternavn, Sukunimi, Nazwisko, 姓, 名字, 苗字, 名字（姓）, 名前（姓）`,
    `
      Attendee Last Name, Attendee Surname, Registrant Last Name, Contact Last Name, Lead Last Name, Person Last Name,
      Nachname des Teilnehmers, Nom du participant, Apellidos del asistente, Cognome del partecipante,
      Achternaam deelnemer, Sobrenome do participante`,
    'Buyer Last Name, Buyer Surname, Purchaser Last Name',
  ],
  middlename: 'Second Name, Zweiter Vorname, Deuxième prénom, Segundo nombre, Secondo nome',
  salutation: 'Title (Mr/Ms), Anrede, Civilité, Tratamiento, Saludo, Appellativo, Aanhef, Tratamento, 敬称',
  jobtitle: `
    Position, Job Position, Job Function Title, Jobtitel, Berufsbezeichnung, Funktion, Stellung, Titre du poste,
    Intitulé du poste, Fonction, Poste, Puesto, Cargo, Cargo profissional, Título del puesto, Posizione, Qualifica,
    Posizione lavorativa, Functie, Functietitel, Título do cargo, 役職, 肩書き, 職種`,
  companyname: `
    Organization, Organisation, Organization Name, Company / Account, Account Name, Employer, Firma, Firmenname,
    Unternehmen, Unternehmensname, Name des Unternehmens, Société, Nom de la société, Entreprise,
    Nom de l'entreprise, Empresa, Nombre de la empresa, Organización, Compañía, Azienda, Nome dell'azienda,
    Nome azienda, Società, Organizzazione, Bedrijf, Bedrijfsnaam, Organisatie, Nome da empresa, Organização, 会社,
    会社名, 組織, 組織名, 企業名, 勤務先`,
  telephone1: `
    Business Phone, Work Phone, Telephone, Telephone Number, Tel, Telefon, Telefonnummer, Telefon (geschäftlich),
    Telefon geschäftlich, Geschäftstelefon, Téléphone, Numéro de téléphone, Téléphone professionnel, Teléfono,
    Número de teléfono, Teléfono del trabajo, Teléfono de la empresa, Telefono, Numero di telefono,
    Telefono ufficio, Telefoon, Telefoonnummer, Telefoon (werk), Telefone, Número de telefone, Telefone comercial,
    電話, 電話番号, 勤務先電話番号`,
  mobilephone: `
    Mobile, Mobile Number, Cell Phone, Cell, Mobiltelefon, Mobil, Handy, Mobilnummer, Handynummer, Téléphone mobile,
    Téléphone portable, Portable, Numéro de portable, Teléfono móvil, Móvil, Celular, Cellulare, Telefono cellulare,
    Mobiel, Mobiele telefoon, Mobiel nummer, Telemóvel, Telefone celular, 携帯電話, 携帯電話番号, 携帯番号`,
  address1_line1: `
    Street, Street Address, Mailing Street, Address 1, Address Line 1, Straße, Anschrift, Rue, Adresse postale,
    Calle, Dirección postal, Via, Indirizzo postale, Straat, Straatnaam, Rua, 住所, 番地`,
  address1_city: `
    Town, Mailing City, Address 1: City, Ort, Stadt, Wohnort, Ville, Ciudad, Localidad, Città, Plaats, Stad,
    Woonplaats, Cidade, Localidade, 市区町村, 都市`,
  address1_stateorprovince: `
    State/Province, State/Region, Province, Region, Mailing State/Province, Bundesland, Kanton, Département,
    Provincia, Provincie, Estado, Regione, 都道府県`,
  address1_country: `
    Country/Region, Country/Region Name, Mailing Country, Country Name, Land, Land/Region, Pays, Pays/Région, País,
    País/Región, País/Região, Paese, Land/Regio, 国, 国/地域`,
  address1_postalcode: `
    Zip, Zip Code, ZIP/Postal Code, Postcode, Mailing Zip/Postal Code, PLZ, Postleitzahl, Code postal,
    Código postal, CAP, Codice postale, Codice di avviamento postale, CEP, 郵便番号`,
};

/** Words with this meaning only beside that other column: French `Nom` is a last name beside `Prénom`, else a full name. */
const NAMES_BESIDE = [
  { column: 'firstname', beside: 'lastname', names: 'Nome, Nombre, Nombres, 名前' },
  { column: 'lastname', beside: 'firstname', names: 'Name, Nom, Naam' },
] as const;

type KnownHeader = { readonly column: string; readonly rank: number; readonly beside?: string | undefined };

const BY_KEY: ReadonlyMap<string, KnownHeader> = new Map([
  ...Object.entries(NAMES).flatMap(([column, names]) =>
    [names].flat().flatMap((list, at) => keysOf(list).map((key) => [key, { column, rank: at + 1 }] as const)),
  ),
  ...NAMES_BESIDE.flatMap(({ column, beside, names }) =>
    keysOf(names).map((key) => [key, { column, rank: 1, beside }] as const),
  ),
]);

/** Looks a header up among the names of other programs and languages. */
export function findForeignHeader(name: string): KnownHeader | undefined {
  return BY_KEY.get(headerKey(name));
}

/** Technical fields that programs add. They do not describe the person, so leaving them out needs no notice. */
const OF_THE_PROGRAM: ReadonlySet<string> = new Set(
  keysOf(
    // Marketo's REST API and its bulk extracts, then Dataverse's Web API.
    `createdAt, updatedAt, marketoGUID, leadPartitionId, sfdcLeadId, sfdcContactId, membershipDate, acquiredBy, isExhausted,
     nurtureCadence, progressionStatus, reachedSuccess, @odata.etag, @odata.id, versionnumber`,
  ),
);

export const isOfTheProgram = (name: string): boolean => OF_THE_PROGRAM.has(headerKey(name));

/** A table of meetings, not of people: its `User Email` is the host's (Zoom's reports begin with one). */
export function isMeetingHeader(names: readonly string[]): boolean {
  const keys = new Set(names.map(headerKey));
  return [TOPICS, MEETING_IDS].every((wanted) => wanted.some((key) => keys.has(key)));
}

const TOPICS = keysOf('Topic, Thema, Sujet, Tema, Argomento, Onderwerp, トピック');
const MEETING_IDS = keysOf(
  `Meeting ID, Webinar ID, Meeting-ID, Webinar-ID, ID de réunion, ID de la reunión, ID riunione, Vergader-ID,
   ID da reunião, ミーティングID, ウェビナーID`,
);

/** Words in the eight languages that mark a column about consent, opting in or opting out. */
const CONSENT =
  /opt[\s_-]*(?:in|out)|opted|unsubscri|subscri(?:bed|ption)|consent|permission|gdpr|dsgvo|rgpd|lgpd|avg[\s_-]*toest|do[\s_-]*not[\s_-]*(?:e?-?mail|contact|call|bulk)|donot|no[\s_-]*(?:bulk|marketing)[\s_-]*e?-?mail|marketing[\s_-]*(?:status|contact status)|legal[\s_-]*basis|einwilligung|erlaubnis|zustimmung|abgemeldet|abmeldung|abbestellt|widerruf|newsletter|\bwerbe|consentement|désabonn|désinscri|desabonn|autorisation|consentimiento|\bbaja\b|suscri|autorizaci|consenso|iscri(?:tto|zione)|disiscri|toestemming|afgemeld|uitgeschreven|consentimento|descadastr|autoriza[cç]|同意|配信停止|オプト|許可|購読/iu;

export const looksLikeConsent = (name: string): boolean =>
  CONSENT.test(name.normalize('NFC')) && !/(?:time|date|datum|zeit|_ip|fecha|日時|日付)\s*$/iu.test(name);

/** Those of them that mean opting out. */
export const looksLikeOptOut = (name: string): boolean =>
  /opt(?:ed)?[\s_-]*out|unsubscri|do[\s_-]*not|donot|abgemeldet|abmeldung|abbestellt|widerruf|désabonn|désinscri|desabonn|\bbaja\b|disiscri|afgemeld|uitgeschreven|descadastr|配信停止|オプトアウト/iu.test(
    name.normalize('NFC'),
  );
