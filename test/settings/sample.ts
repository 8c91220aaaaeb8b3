/** The settings sample of the source document, with its three slips corrected, laid out as there. */
export const sampleText = `{
  "lists": {
    "aaaaaaaaaa": {
      "subscriptionGroup": "111",
      "apiKey": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb-us11",
      "interests": { "cccccccccc": "22222" },
      "trustOverride": {
        "subscription": "Mailchimp",
        "cccccccccc": "CiviCRM"
      }
    }
  },
  "accounts": {
    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb-us11": {
      "apiKey": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb-us11",
      "account_name": "Example Org",
      "email": "services.mailchimp@example.org",
      "first_name": "Wilma",
      "last_name": "McMailchimpAccountOwner",
      "username": "example",
      "audiences": {
        "aaaaaaaaaa": {
          "name": "Main audience",
          "interests": { "cccccccccc": "Civi Groups: test interest" },
          "webhook": "https://example.org/civicrm/mailchimpsync/webhook?secret=redacted",
          "webhooks": [
            {
              "id": "eeeeeeeeee",
              "url": "https://example.org/civicrm/mailchimpsync/webhook?secret=redacted",
              "events": {
                "subscribe": true,
                "unsubscribe": true,
                "profile": true,
                "cleaned": true,
                "upemail": true,
                "campaign": false
              },
              "sources": { "user": true, "admin": true, "api": false }
            }
          ],
          "webhookFound": true
        }
      },
      "webhookUrl": "https://example.org/civicrm/mailchimpsync/webhook?secret=redacted",
      "batchWebhookSecret": "redacted",
      "batchWebhook": "https://example.org/civicrm/mailchimpsync/batch-webhook?secret=redacted",
      "batchWebhooks": [
        {
          "id": "eeeeeeeeee",
          "url": "https://example.org/civicrm/mailchimpsync/batch-webhook?secret=redacted",
          "enabled": true,
          "_links": [
            {
              "rel": "self",
              "href": "https://us11.api.mailchimp.com/3.0/batch-webhooks/eeeeeeeeee",
              "method": "GET",
              "targetSchema": "https://us11.api.mailchimp.com/schema/3.0/x.json",
              "title": "a name that nobody foresaw"
            }
          ]
        }
      ],
      "batchWebhookFound": true
    }
  }
}`;

/** Two small settings that are valid; tests change what they are about. */
export const minimal = () => ({
  lists: { aaaaaaaaaa: { apiKey: 'main', subscriptionGroup: 111 } },
  accounts: { main: { apiKey: `${'0123456789abcdef'.repeat(2)}-us11` } },
});

export const withCivicrm = () => ({
  ...minimal(),
  civicrm: { url: 'https://crm.example.org', apiKey: 'civi-api-key' },
});
